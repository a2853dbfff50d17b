/** Where calls, proposals, papers and budgets are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Finding } from "./grounding/grounding.ts";
import type { Material } from "./input.ts";
import { type Call, type Outcome, type Paper, type Proposal, TOKENS_PER_MONTH } from "./model.ts";

type Times<T, K extends keyof T> = Omit<T, K> & { [key in K]: Date };
type Nullable<T, K extends keyof T> = Omit<T, K> & { [key in K]: Date | null };

// Budgets

export type BudgetRow = { limit: number; used: number; reserved: number };

/**
 * Locks the month of an organization, counts what expired as spent, and says what is left of it.
 * Whoever comes at the same time waits here until the transaction ends.
 */
export async function lockBudget(
  db: Db,
  organizationId: string,
  month: string,
  at: Date,
): Promise<BudgetRow> {
  await db`
    insert into assistance_usage (organization_id, month) values (${organizationId}, ${month})
    on conflict do nothing`;
  await db`
    select 1 from assistance_usage
    where organization_id = ${organizationId} and month = ${month} for update`;
  await db`
    with expired as (
      delete from assistance_reservations
      where organization_id = ${organizationId} and month = ${month} and expires_at <= ${at}
      returning tokens
    )
    update assistance_usage
    set used_tokens = used_tokens + coalesce((select sum(tokens) from expired), 0)
    where organization_id = ${organizationId} and month = ${month}
      and exists (select 1 from expired)`;
  return await findBudget(db, organizationId, month);
}

export async function findBudget(
  db: Db,
  organizationId: string,
  month: string,
): Promise<BudgetRow> {
  const [row] = await db<{ limit: string | null; used: string | null; reserved: string }[]>`
    select
      (select tokens_per_month from assistance_budgets
       where organization_id = ${organizationId}) as limit,
      (select used_tokens from assistance_usage
       where organization_id = ${organizationId} and month = ${month}) as used,
      (select coalesce(sum(tokens), 0) from assistance_reservations
       where organization_id = ${organizationId} and month = ${month}) as reserved`;
  return {
    limit: Number(row!.limit ?? TOKENS_PER_MONTH),
    used: Number(row!.used ?? 0),
    reserved: Number(row!.reserved),
  };
}

export async function insertReservation(
  db: Db,
  { id, organizationId, month, tokens, expiresAt }: {
    id: string;
    organizationId: string;
    month: string;
    tokens: number;
    expiresAt: Date;
  },
): Promise<void> {
  await db`
    insert into assistance_reservations (id, organization_id, month, tokens, expires_at)
    values (${id}, ${organizationId}, ${month}, ${tokens}, ${expiresAt})`;
}

/** False when it was settled, or counted as spent, before: nothing is charged twice. */
export async function settle(
  db: Db,
  organizationId: string,
  id: string,
  tokens: number,
): Promise<boolean> {
  const [gone] = await db<{ month: string }[]>`
    delete from assistance_reservations
    where organization_id = ${organizationId} and id = ${id} returning month::text as month`;
  if (!gone) return false;
  await db`
    update assistance_usage set used_tokens = used_tokens + ${tokens}
    where organization_id = ${organizationId} and month = ${gone.month}`;
  return true;
}

export async function putBudget(
  db: Db,
  organizationId: string,
  { tokensPerMonth, changedBy, at }: { tokensPerMonth: number; changedBy: string; at: Date },
): Promise<void> {
  await db`
    insert into assistance_budgets (organization_id, tokens_per_month, changed_by, changed_at)
    values (${organizationId}, ${tokensPerMonth}, ${changedBy}, ${at})
    on conflict (organization_id) do update
    set tokens_per_month = excluded.tokens_per_month, changed_by = excluded.changed_by,
        changed_at = excluded.changed_at`;
}

// Calls

type CallRow = Nullable<Times<Call, "startedAt">, "endedAt"> & { fingerprint: string };

const callColumns = (db: Db) =>
  db`id, user_id, task, prompt_version, prompt_sha256, provider, model, outcome, detail, findings,
     payload_sha256, attempts, input_tokens, output_tokens, hidden, left_out, started_at, ended_at,
     fingerprint`;

const toCall = (row: CallRow): Call & { fingerprint: string } => ({
  ...row,
  startedAt: row.startedAt.toISOString(),
  endedAt: row.endedAt?.toISOString() ?? null,
});

export type NewCall = {
  id: string;
  organizationId: string;
  userId: string;
  task: string;
  patientId: string | null;
  promptVersion: number;
  promptSha256: string;
  provider: string;
  model: string;
  idempotencyKey: string | null;
  fingerprint: string;
  requestId: string;
  at: Date;
};

/** False when this user has used the key before. */
export async function insertCall(db: Db, call: NewCall): Promise<boolean> {
  const { count } = await db`
    insert into assistance_calls
      (id, organization_id, user_id, task, patient_id, prompt_version, prompt_sha256, provider,
       model, idempotency_key, fingerprint, request_id, started_at)
    values (${call.id}, ${call.organizationId}, ${call.userId}, ${call.task}, ${call.patientId},
            ${call.promptVersion}, ${call.promptSha256}, ${call.provider}, ${call.model},
            ${call.idempotencyKey}, ${call.fingerprint}, ${call.requestId}, ${call.at})
    on conflict do nothing`;
  return count === 1;
}

export async function findCallByKey(
  db: Db,
  organizationId: string,
  userId: string,
  key: string,
): Promise<(Call & { fingerprint: string }) | undefined> {
  const [row] = await db<CallRow[]>`
    select ${callColumns(db)} from assistance_calls
    where organization_id = ${organizationId} and user_id = ${userId} and idempotency_key = ${key}`;
  return row && toCall(row);
}

export type Ending = {
  provider: string;
  model: string;
  outcome: Outcome;
  detail: string | null;
  findings: readonly Finding[];
  payloadSha256: string | null;
  attempts: number;
  inputTokens: number;
  outputTokens: number;
  hidden: Record<string, number>;
  leftOut: number;
};

export async function endCall(
  db: Db,
  organizationId: string,
  id: string,
  end: Ending,
  at: Date,
): Promise<Call> {
  const [row] = await db<CallRow[]>`
    update assistance_calls
    set provider = ${end.provider}, model = ${end.model}, outcome = ${end.outcome},
        detail = ${end.detail}, findings = ${db.json(end.findings as never)},
        payload_sha256 = ${end.payloadSha256}, attempts = ${end.attempts},
        input_tokens = ${end.inputTokens}, output_tokens = ${end.outputTokens},
        hidden = ${db.json(end.hidden)}, left_out = ${end.leftOut}, ended_at = ${at}
    where organization_id = ${organizationId} and id = ${id}
    returning ${callColumns(db)}`;
  return toCall(row!);
}

export async function listCalls(
  db: Db,
  organizationId: string,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<Call[]> {
  const rows = await db<CallRow[]>`
    select ${callColumns(db)} from assistance_calls
    where organization_id = ${organizationId}
      ${before === undefined ? db`` : db`and id < ${before}`}
    order by id desc limit ${limit}`;
  return rows.map(toCall);
}

// Proposals

type Bare = Omit<Proposal, "rendered" | "needs" | "intendedUse">;
type ProposalRow =
  & Nullable<Times<Bare, "createdAt" | "expiresAt">, "decidedAt">
  & { material: Material };
export type Kept = Bare & { material: Material };

const proposalColumns = (db: Db) =>
  db`id, call_id, task, patient_id, provider, instead_of, status, version, material, output, edited,
     warnings, created_by, created_at, expires_at, decided_by, decided_at, reason, effect`;

const toProposal = (row: ProposalRow): Kept => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  decidedAt: row.decidedAt?.toISOString() ?? null,
});

export async function insertProposal(
  db: Db,
  organizationId: string,
  one: {
    id: string;
    callId: string;
    task: string;
    patientId: string | null;
    provider: string;
    insteadOf: string | null;
    material: Material;
    output: unknown;
    warnings: readonly string[];
    createdBy: string;
    at: Date;
    expiresAt: Date;
  },
): Promise<Kept> {
  const [row] = await db<ProposalRow[]>`
    insert into assistance_proposals
      (id, organization_id, call_id, task, patient_id, provider, instead_of, material, output,
       warnings, created_by, created_at, expires_at)
    values (${one.id}, ${organizationId}, ${one.callId}, ${one.task}, ${one.patientId},
            ${one.provider}, ${one.insteadOf}, ${db.json(one.material as never)},
            ${db.json(one.output as never)}, ${db.json(one.warnings as never)}, ${one.createdBy},
            ${one.at}, ${one.expiresAt})
    returning ${proposalColumns(db)}`;
  return toProposal(row!);
}

export async function findProposal(
  db: Db,
  organizationId: string,
  id: string,
  lock?: "lock",
): Promise<Kept | undefined> {
  const [row] = await db<ProposalRow[]>`
    select ${proposalColumns(db)} from assistance_proposals
    where organization_id = ${organizationId} and id = ${id}
    ${lock === undefined ? db`` : db`for update`}`;
  return row && toProposal(row);
}

export async function findProposalOfCall(
  db: Db,
  organizationId: string,
  callId: string,
): Promise<Kept | undefined> {
  const [row] = await db<ProposalRow[]>`
    select ${proposalColumns(db)} from assistance_proposals
    where organization_id = ${organizationId} and call_id = ${callId}`;
  return row && toProposal(row);
}

export type ProposalFilter = {
  patientId?: string | undefined;
  status?: string | undefined;
  task?: string | undefined;
};

export async function listProposals(
  db: Db,
  organizationId: string,
  { patientId, status, task }: ProposalFilter,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<Kept[]> {
  const rows = await db<ProposalRow[]>`
    select ${proposalColumns(db)} from assistance_proposals
    where organization_id = ${organizationId}
      ${patientId === undefined ? db`` : db`and patient_id = ${patientId}`}
      ${status === undefined ? db`` : db`and status = ${status}`}
      ${task === undefined ? db`` : db`and task = ${task}`}
      ${before === undefined ? db`` : db`and id < ${before}`}
    order by id desc limit ${limit}`;
  return rows.map(toProposal);
}

export async function edit(
  db: Db,
  organizationId: string,
  id: string,
  { edited, warnings }: { edited: unknown; warnings: readonly string[] },
): Promise<Kept> {
  const [row] = await db<ProposalRow[]>`
    update assistance_proposals
    set edited = ${db.json(edited as never)}, warnings = ${db.json(warnings as never)},
        version = version + 1
    where organization_id = ${organizationId} and id = ${id}
    returning ${proposalColumns(db)}`;
  return toProposal(row!);
}

export async function decide(
  db: Db,
  organizationId: string,
  id: string,
  { status, decidedBy, at, reason = null, effect = null }: {
    status: Kept["status"];
    decidedBy: string | null;
    at: Date;
    reason?: string | null;
    effect?: Kept["effect"];
  },
): Promise<Kept> {
  const [row] = await db<ProposalRow[]>`
    update assistance_proposals
    set status = ${status}, decided_by = ${decidedBy},
        decided_at = ${decidedBy === null ? null : at}, reason = ${reason},
        effect = ${effect === null ? null : db.json(effect)}
    where organization_id = ${organizationId} and id = ${id}
    returning ${proposalColumns(db)}`;
  return toProposal(row!);
}

/** Whether the patient of a draft is another one by now than when it was made. */
export async function isMerged(db: Db, organizationId: string, id: string) {
  const [row] = await db<{ isMerged: boolean }[]>`
    select exists(
      select 1 from patient_merge_rows r
      join patient_merges m using (organization_id, merge_id)
      where r.organization_id = ${organizationId} and r.table_name = 'assistance_proposals'
        and r.row_id = ${id} and m.undone_at is null) as is_merged`;
  return row!.isMerged;
}

// Papers

type PaperRow = Times<Paper, "signedAt">;
const toPaper = (row: PaperRow): Paper => ({ ...row, signedAt: row.signedAt.toISOString() });

export async function insertPaper(
  db: Db,
  organizationId: string,
  paper: Omit<Paper, "signedAt"> & { at: Date },
): Promise<void> {
  await db`
    insert into assistance_papers
      (id, organization_id, proposal_id, patient_id, task, title, text, sha256, signed_by, signed_at)
    values (${paper.id}, ${organizationId}, ${paper.proposalId}, ${paper.patientId}, ${paper.task},
            ${paper.title}, ${paper.text}, ${paper.sha256}, ${paper.signedBy}, ${paper.at})`;
}

export async function findPaper(
  db: Db,
  organizationId: string,
  id: string,
): Promise<Paper | undefined> {
  const [row] = await db<PaperRow[]>`
    select id, proposal_id, patient_id, task, title, text, sha256, signed_by, signed_at
    from assistance_papers where organization_id = ${organizationId} and id = ${id}`;
  return row && toPaper(row);
}

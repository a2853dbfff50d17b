/** What can be done with templates. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import { type Channel, channels, type Content } from "../providers/model.ts";
import { findBuiltIn, listBuiltIn, neutralTexts } from "./built_in.ts";
import {
  type Difference,
  differencesOf,
  localeFor,
  marked,
  type NewTemplate,
  type NewVersion,
  type Published,
  segmentsOf,
  type Template,
  textsOf,
  type Version,
} from "./model.ts";
import { checkData, exampleOf } from "./data.ts";
import { type Data, render } from "./rendering.ts";
import { check } from "./checking.ts";
import { closeSandbox, runApart } from "./sandbox.ts";
import * as store from "./store.ts";

type Request = { requestId: string };

const VERSIONS_MAX = 100;

/** The organization's own, or else the one that everybody has; undefined without a published one. */
export async function findPublished(
  tx: Db,
  organizationId: string,
  key: string,
): Promise<Published | undefined> {
  return await store.findPublished(tx, organizationId, key) ?? findBuiltIn(key);
}

export { checkData, closeSandbox, exampleOf, marked };

/** Channels for which the template has words in some language. */
export const channelsOf = ({ bodies }: Pick<Published, "bodies">): Channel[] =>
  channels.filter((channel) => Object.values(bodies).some((body) => body[channel] !== undefined));

/**
 * The words for one recipient. `isNeutral`: only that there is something to read.
 * @throws when the template cannot be filled within its limits.
 */
export function write(
  template: Published,
  { channel, locale, data, isNeutral }: {
    channel: Channel;
    locale: string | null;
    data: Data;
    isNeutral: boolean;
  },
): Content {
  if (isNeutral) return render(neutralTexts(locale, channel), {});
  const chosen = localeFor(template.bodies, {
    wanted: locale,
    fallback: template.defaultLocale,
    channel,
  });
  const texts = chosen === undefined ? undefined : textsOf(template.bodies, chosen, channel);
  if (!texts) throw new RangeError(`the template has no words for ${channel}`);
  return render(texts, data);
}

export async function list(deps: Deps, organizationId: string): Promise<Template[]> {
  const rows = await read(deps.sql, { organizationId }, (tx) => store.list(tx, organizationId));
  const own = new Set(rows.map(({ key }) => key));
  return [
    ...rows.map((row) => ({ ...row, isBuiltIn: false })),
    ...listBuiltIn().filter(({ key }) => !own.has(key)).map((one) => ({
      key: one.key,
      category: one.category,
      defaultLocale: one.defaultLocale,
      publishedVersion: one.version,
      isBuiltIn: true,
    })),
  ];
}

export async function create(
  deps: Deps,
  actor: UserActor,
  input: NewTemplate,
  { requestId }: Request,
): Promise<Template> {
  const { organizationId } = actor;
  const at = deps.now();
  await transaction(deps.sql, { organizationId }, async (tx) => {
    if (!await store.insert(tx, organizationId, input, at)) throw problem("template-key-taken");
    await record(tx, at, {
      actor,
      organizationId,
      action: "template.created",
      subject: { type: "template", id: input.key },
      requestId,
    });
  });
  return { ...input, publishedVersion: null, isBuiltIn: false };
}

const toVersion = ({ createdAt, ...row }: store.VersionRow): Version => ({
  ...row,
  bodies: row.bodies as Version["bodies"],
  createdAt: createdAt.toISOString(),
});

export async function addVersion(
  deps: Deps,
  actor: UserActor,
  { key, version }: { key: string; version: NewVersion },
  { requestId }: Request,
): Promise<Version> {
  const { organizationId, userId } = actor;
  await check(version);
  const at = deps.now();
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    if (!await store.lock(tx, organizationId, key)) throw problem("template-not-found");
    const written = { key, authorId: userId, at, version };
    const number = await store.insertVersion(tx, organizationId, written);
    const row = await store.findVersion(tx, organizationId, key, number);
    await record(tx, at, {
      actor,
      organizationId,
      action: "template.written",
      subject: { type: "template", id: key },
      requestId,
      details: { version: number, level: version.level },
    });
    return toVersion(row!);
  });
}

export async function listVersions(
  deps: Deps,
  organizationId: string,
  key: string,
): Promise<Version[]> {
  const rows = await read(
    deps.sql,
    { organizationId },
    (tx) => store.listVersions(tx, organizationId, key, VERSIONS_MAX),
  );
  if (rows.length === 0) throw problem("template-not-found");
  return rows.map(toVersion);
}

type Chosen = { key: string; version: number };

async function getVersion(tx: Db, organizationId: string, { key, version }: Chosen) {
  const row = await store.findVersion(tx, organizationId, key, version);
  if (!row) throw problem("template-not-found");
  return row;
}

/** By somebody else than the author. */
export async function approve(
  deps: Deps,
  actor: UserActor,
  chosen: Chosen,
  { requestId }: Request,
): Promise<void> {
  const { organizationId, userId } = actor;
  const at = deps.now();
  await transaction(deps.sql, { organizationId }, async (tx) => {
    const row = await getVersion(tx, organizationId, chosen);
    if (row.authorId === userId) throw problem("template-own-approval");
    await store.approve(tx, organizationId, { ...chosen, by: userId, at });
    await record(tx, at, {
      actor,
      organizationId,
      action: "template.approved",
      subject: { type: "template", id: chosen.key },
      requestId,
      details: { version: chosen.version },
    });
  });
}

/** From now on this version is what is sent; an earlier one takes the words back. */
export async function publish(
  deps: Deps,
  actor: UserActor,
  chosen: Chosen,
  { requestId }: Request,
): Promise<void> {
  const { organizationId } = actor;
  await transaction(deps.sql, { organizationId }, async (tx) => {
    const template = await store.lock(tx, organizationId, chosen.key);
    if (!template) throw problem("template-not-found");
    const { level, approvedBy } = await getVersion(tx, organizationId, chosen);
    if (level > 0 && approvedBy === null) throw problem("template-not-approved");
    await store.setPublished(tx, organizationId, chosen.key, chosen.version);
    await record(tx, deps.now(), {
      actor,
      organizationId,
      action: (template.publishedVersion ?? 0) > chosen.version
        ? "template.rolled_back"
        : "template.published",
      subject: { type: "template", id: chosen.key },
      requestId,
      details: { version: chosen.version },
    });
  });
}

/** A version as the pipeline would render it, published or not. */
async function asPublished(tx: Db, organizationId: string, chosen: Chosen): Promise<Published> {
  const row = await getVersion(tx, organizationId, chosen);
  const about = await store.find(tx, organizationId, chosen.key);
  return { ...row, category: about!.category, defaultLocale: about!.defaultLocale };
}

/** The version that a test is sent with, or else what is published. */
export async function findForMessage(
  tx: Db,
  organizationId: string,
  { key, testVersion }: { key: string; testVersion: number | null },
): Promise<Published | undefined> {
  if (testVersion === null) return await findPublished(tx, organizationId, key);
  return await asPublished(tx, organizationId, { key, version: testVersion });
}

/**
 * What may be tried out on oneself: from level 1 on only what somebody else has approved, as a test
 * leaves the platform like any other message.
 * @throws Problem `template-not-approved`.
 */
export async function getForTest(
  tx: Db,
  organizationId: string,
  chosen: Chosen,
): Promise<Published> {
  const { level, approvedBy } = await getVersion(tx, organizationId, chosen);
  if (level > 0 && approvedBy === null) throw problem("template-not-approved");
  return await asPublished(tx, organizationId, chosen);
}

export async function compare(
  deps: Deps,
  organizationId: string,
  { key, version, other }: Chosen & { other: number },
): Promise<Difference[]> {
  return await read(deps.sql, { organizationId }, async (tx) => {
    const before = await getVersion(tx, organizationId, { key, version });
    return differencesOf(before, await getVersion(tx, organizationId, { key, version: other }));
  });
}

/** @throws Problem `invalid-request` when the data do not fit the variables. */
export async function preview(
  deps: Deps,
  organizationId: string,
  { key, version, channel, locale, data }: Chosen & {
    channel: Channel;
    locale?: string | undefined;
    data: Data;
  },
) {
  const template = await read(
    deps.sql,
    { organizationId },
    (tx) => asPublished(tx, organizationId, { key, version }),
  );
  const errors = checkData(template.variables, data);
  if (errors.length > 0) throw common("invalid-request", { errors });
  const wanted = { wanted: locale, fallback: template.defaultLocale, channel };
  const chosen = localeFor(template.bodies, wanted);
  const texts = chosen === undefined ? undefined : textsOf(template.bodies, chosen, channel);
  if (chosen === undefined || !texts) throw problem("template-not-found");
  const content = await runApart({ kind: "render", texts, data });
  if (!content) {
    throw common("invalid-request", {
      errors: [{ pointer: "/data", detail: "This cannot be filled within its limits." }],
    });
  }
  return {
    ...content,
    locale: chosen,
    ...(channel === "sms" ? { segments: segmentsOf(content.text) } : {}),
  };
}

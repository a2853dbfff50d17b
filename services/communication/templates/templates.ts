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
  localeFor,
  type NewTemplate,
  type NewVersion,
  type Published,
  segmentsOf,
  type Template,
  textsOf,
  type Version,
} from "./model.ts";
import { checkData, type Data, lint, render, sampleOf } from "./rendering.ts";
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

export { checkData };

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

/** @throws Problem `invalid-request` that names every text which cannot be kept. */
function check({ level, variables, bodies }: NewVersion): void {
  const errors: { pointer: string; detail: string }[] = [];
  for (const [name, variable] of Object.entries(variables)) {
    if (variable.level > level) {
      errors.push({
        pointer: `/variables/${name}/level`,
        detail: "A variable may not say more than the template.",
      });
    }
  }
  if (Object.keys(bodies).length === 0) {
    errors.push({ pointer: "/bodies", detail: "There is no text in any language." });
  }
  const sample = sampleOf(variables);
  for (const locale of Object.keys(bodies)) {
    for (const channel of channels) {
      const texts = textsOf(bodies, locale, channel);
      if (!texts) continue;
      const pointer = `/bodies/${locale}/${channel}`;
      const wrong = lint(texts, variables);
      if (wrong.length === 0) {
        try {
          render(texts, sample);
        } catch {
          wrong.push("This cannot be filled within its limits.");
        }
      }
      errors.push(...wrong.map((detail) => ({ pointer, detail })));
    }
  }
  if (errors.length > 0) throw common("invalid-request", { errors: errors.slice(0, 50) });
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
  check(version);
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
  const template = await read(deps.sql, { organizationId }, async (tx) => {
    const rows = await store.list(tx, organizationId);
    const row = await getVersion(tx, organizationId, { key, version });
    const { category, defaultLocale } = rows.find((one) => one.key === key)!;
    return { ...row, category, defaultLocale };
  });
  const errors = checkData(template.variables, data);
  if (errors.length > 0) throw common("invalid-request", { errors });
  const wanted = { wanted: locale, fallback: template.defaultLocale, channel };
  const chosen = localeFor(template.bodies, wanted);
  if (chosen === undefined) throw problem("template-not-found");
  let content: Content;
  try {
    content = write(template, { channel, locale: locale ?? null, data, isNeutral: false });
  } catch {
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

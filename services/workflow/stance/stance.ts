/** What can be done with the stance: ask whether something may be used, and switch it. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import type { z } from "zod";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import { type IntendedUse, judge, type Stance, type Switch, type Verdict } from "./model.ts";
import { featureOf, features } from "./registry.ts";
import * as store from "./store.ts";

/** The label of a feature, to be sent with every answer that it gives. */
export function labelOf(feature: string): IntendedUse {
  const { title, use, notFor, users } = featureOf(feature);
  return { feature, title, use, notFor, users };
}

export type Judge = (feature: string, country?: string | null) => Verdict;

/** Reads a clinic's switches once, for whoever has many features to ask about. */
export async function judgeFor(tx: Db, organizationId: string): Promise<Judge> {
  const { country: own, switches } = await store.find(tx, organizationId);
  return (feature, country = own) => judge(featureOf(feature), country, switches);
}

type Asked = {
  organizationId: string;
  /** As in `score.news2` or `rule.<key>`. */
  feature: string;
  /** Where it is used, when that is not the clinic's own country. */
  country?: string | undefined;
};

export async function isAllowed(
  { sql }: Pick<Deps, "sql">,
  { organizationId, feature, country }: Asked,
): Promise<boolean> {
  const ask = await read(sql, { organizationId }, (tx) => judgeFor(tx, organizationId));
  return ask(feature, country).isAllowed;
}

/**
 * Call it before anything is answered.
 * @returns the label that the answer has to carry.
 * @throws Problem `feature-off` (409) where the feature is switched off or not on offer.
 */
export async function ensureAllowed(
  deps: Pick<Deps, "sql">,
  asked: Asked,
): Promise<IntendedUse> {
  const label = labelOf(asked.feature);
  if (!await isAllowed(deps, asked)) {
    throw problem("feature-off", { detail: `“${label.title}” is switched off for this clinic.` });
  }
  return label;
}

export async function describe(
  { sql }: Deps,
  { organizationId }: UserActor,
): Promise<z.input<typeof Stance>> {
  const { country, switches } = await read(
    sql,
    { organizationId },
    (tx) => store.find(tx, organizationId),
  );
  const items = features.map((one) => ({ ...one, ...judge(one, country, switches) }));
  return { country, items, switches };
}

type Request = { requestId: string };

export async function putSwitch(
  deps: Deps,
  actor: UserActor,
  { requestId, ...given }: Request & Pick<Switch, "feature" | "country" | "isOn" | "reason">,
): Promise<Switch> {
  const { organizationId, userId } = actor;
  // Throws for what does not exist: a switch that nothing listens to would look like an answer.
  const { feature } = featureOf(given.feature);
  const at = deps.now();
  const made = { ...given, switchedBy: userId, switchedAt: at.toISOString() };
  await transaction(deps.sql, { organizationId }, async (tx) => {
    await store.putSwitch(tx, organizationId, made);
    await record(tx, at, {
      actor,
      organizationId,
      action: given.isOn ? "feature.switched_on" : "feature.switched_off",
      subject: { type: "feature", id: given.feature },
      requestId,
      details: { entry: feature, country: given.country },
    });
  });
  return made;
}

export async function putCountry(
  deps: Deps,
  actor: UserActor,
  { country, requestId }: Request & { country: string },
): Promise<void> {
  const { organizationId } = actor;
  await transaction(deps.sql, { organizationId }, async (tx) => {
    await store.putCountry(tx, organizationId, country);
    await record(tx, deps.now(), {
      actor,
      organizationId,
      action: "country.stated",
      subject: { type: "organization", id: organizationId },
      requestId,
      details: { country },
    });
  });
}

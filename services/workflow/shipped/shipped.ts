/** Definitions and pathways that come with the product: a clinic takes what it likes as a draft. */
import type { UserActor } from "@praxis/shared/auth";
import { read } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import * as definitions from "../definitions/definitions.ts";
import { eventTypeOf } from "../definitions/model.ts";
import type { Deps } from "../deps.ts";
import { parseDefinition } from "../language/language.ts";
import * as pathways from "../pathways/pathways.ts";
import { type Shipped, type ShippedName, shippedNames } from "./model.ts";

const shippedPathways: readonly ShippedName[] = ["type-2-diabetes-annual-cycle", "antenatal"];
export const shippedDefinitions = shippedNames.filter((name) => !shippedPathways.includes(name));

const isPathway = (name: ShippedName) => shippedPathways.includes(name);

/** The text as a clinic would have written it: YAML of a definition, JSON of a pathway. */
export const readShipped = (name: ShippedName): Promise<string> =>
  Deno.readTextFile(new URL(`./${name}.${isPathway(name) ? "json" : "yaml"}`, import.meta.url));

type Described = Omit<Shipped, "installed">;

async function describe(name: ShippedName): Promise<Described> {
  const source = await readShipped(name);
  if (isPathway(name)) {
    const { title } = JSON.parse(source) as { title: string };
    return { name, title, kind: "pathway", eventType: null, source };
  }
  const parsed = parseDefinition(source);
  if (!("document" in parsed)) throw new Error(`${name} as shipped is no definition`);
  const { document } = parsed;
  const title = document.document.title ?? name;
  return { name, title, kind: "workflow", eventType: eventTypeOf(document), source };
}

let described: Promise<Described[]> | undefined;

/** All of them, each with what the organization has of it. */
export async function list(deps: Deps, { organizationId }: UserActor): Promise<Shipped[]> {
  const all = await (described ??= Promise.all(shippedNames.map(describe)));
  const newest = await read(
    deps.sql,
    { organizationId },
    (tx) => definitions.listNewest(tx, organizationId, shippedNames),
  );
  const installed = new Map(newest.map(({ key, version, state }) => [key, { version, state }]));
  return all.map((one) => ({ ...one, installed: installed.get(one.name) ?? null }));
}

/** Makes one a draft of the organization: it is handed in and approved like any other. */
export async function install(
  deps: Deps,
  actor: UserActor,
  { name, requestId }: { name: ShippedName; requestId: string },
) {
  const source = await readShipped(name);
  const note = "As it came with the product.";
  if (!isPathway(name)) return await definitions.putDraft(deps, actor, { source, note, requestId });
  if (!actor.permissions.includes("pathways:write")) throw common("not-permitted");
  return await pathways.importPlan(deps, actor, { plan: JSON.parse(source), note, requestId });
}

/** Versions side by side: which one an organization meets, always the same while weights stand. */
import { createHash } from "node:crypto";
import type { Instance } from "@praxis/shared/discovery";
import { z } from "zod";

const Share = z.record(z.string().max(64), z.number().min(0).max(1_000_000)).refine(
  (weights) => Object.values(weights).some((weight) => weight > 0),
  "one weight at least is above 0",
);

/** `{"workflow":{"weights":{"1":9,"2":1},"organizations":{"<id>":{"2":1}}}}` */
export const VersionWeights = z.record(
  z.string(),
  z.strictObject({ weights: Share, organizations: z.record(z.uuid(), Share).default({}) }),
);
export type VersionWeights = z.output<typeof VersionWeights>;

/** A fixed number in [0, 1) for this service and this organization (or address, of a stranger). */
function pointOf(service: string, key: string): number {
  return createHash("sha256").update(`${service}\n${key}`).digest().readUInt32BE() / 2 ** 32;
}

/**
 * The version for `key`. Weights are walked in the order of their names, so a version that grows
 * at its neighbour's cost keeps those whom it had.
 */
export function versionFor(
  weights: VersionWeights[string],
  service: string,
  key: string,
): string {
  const shares = Object.entries(weights.organizations[key] ?? weights.weights)
    .toSorted(([a], [b]) => a < b ? -1 : 1);
  const total = shares.reduce((sum, [, weight]) => sum + weight, 0);
  let rest = pointOf(service, key) * total;
  for (const [version, weight] of shares) {
    rest -= weight;
    if (rest < 0) return version;
  }
  return shares.at(-1)![0];
}

/** Those of the right version; any, when none of it is there: an old answer is better than none. */
export function ofVersion(
  instances: readonly Instance[],
  weights: VersionWeights[string] | undefined,
  service: string,
  key: string,
): readonly Instance[] {
  if (!weights || instances.length < 2) return instances;
  const version = versionFor(weights, service, key);
  const right = instances.filter((instance) => instance.version === version);
  return right.length > 0 ? right : instances;
}

/** What an archive says about itself: its last entry, and the measure of every restore. */
import { z } from "zod";

export const MANIFEST = "manifest.json";
export const KEYS = "keys.json";
export const tableEntry = (service: string, table: string) => `database/${service}/${table}`;
export const fileEntry = (path: string) => `file/${path}`;

const Digest = z.strictObject({ bytes: z.number().int(), sha256: z.string() });

const Table = Digest.extend({
  columns: z.array(z.string()).min(1),
  rows: z.number().int(),
});

/** The end of one organization's audit chain. */
const Chain = z.strictObject({
  organizationId: z.uuid(),
  seq: z.number().int(),
  hash: z.string(),
});
export type Chain = z.output<typeof Chain>;

const DatabaseFacts = z.strictObject({
  /** PostgreSQL's major version. */
  postgres: z.number().int(),
  /** As the table `migrations` names them. */
  migrations: z.array(z.string()),
  /** The version of pg-boss's tables. */
  jobs: z.number().int().nullable(),
  chains: z.array(Chain),
  sequences: z.record(z.string(), z.strictObject({ value: z.string(), isCalled: z.boolean() })),
});
export type DatabaseFacts = z.output<typeof DatabaseFacts>;

export const Manifest = z.strictObject({
  format: z.literal(1),
  /** The one moment that all of it shows. */
  at: z.iso.datetime(),
  /** For so long no service could write. */
  fenceMs: z.number(),
  databases: z.record(z.string(), DatabaseFacts.extend({ tables: z.record(z.string(), Table) })),
  files: Digest.pick({ bytes: true }).extend({ count: z.number().int() }),
});
export type Manifest = z.output<typeof Manifest>;

/** What it is to make runs under way runs of another version, as it is said outside. */
import { z } from "@hono/zod-openapi";

const Wanted = z.strictObject({
  key: z.string().max(63),
  from: z.int().min(1).max(999_999),
  to: z.int().min(1).max(999_999),
  map: z.record(z.string().max(1_000), z.string().max(1_000)).default({}).openapi({
    description: "For steps under way whose place has changed: the old place and the new.",
  }),
});
const isMove = ({ from, to }: { from: number; to: number }) => from !== to;
const notOne = { path: ["to"], message: "It is the version that they are runs of." };

export const PreviewInput = Wanted.refine(isMove, notOne).openapi("RunMigrationPreviewInput", {
  type: "object",
});
export type Asked = z.output<typeof PreviewInput>;

export const MigrationInput = Wanted.extend({
  leaveBehind: z.boolean().default(false).openapi({
    description:
      "Runs that have no place in the new version stay and are listed. Unless it is set, nothing begins while there are such runs.",
  }),
}).refine(isMove, notOne).openapi("RunMigrationInput", { type: "object" });
export type Ordered = z.output<typeof MigrationInput>;

export const Preview = z.object({
  runs: z.int(),
  missing: z.array(z.object({ node: z.string(), runs: z.int() })).openapi({
    description: "Places of steps under way that the new version does not have.",
  }),
  affected: z.array(z.uuid()).openapi({ description: "The first 500 of the runs." }),
  isCut: z.boolean().openapi({ description: "There are more than 10,000: those were looked at." }),
}).openapi("RunMigrationPreview");
export type Preview = z.output<typeof Preview>;

export const migrationStatuses = ["running", "completed", "cancelled"] as const;

export const Migration = z.object({
  id: z.uuid(),
  key: z.string(),
  from: z.int(),
  to: z.int(),
  map: z.record(z.string(), z.string()),
  status: z.enum(migrationStatuses),
  total: z.int().openapi({ description: "Runs under way when it was ordered." }),
  moved: z.int(),
  leftBehind: z.int(),
  createdBy: z.uuid(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
}).openapi("RunMigration");
export type Migration = z.output<typeof Migration>;

export const leftReasons = ["no-place", "busy", "error"] as const;
export const Leftover = z.object({
  runId: z.uuid(),
  reason: z.enum(leftReasons).openapi({
    description:
      "`no-place`: its steps cannot go on in the new version; `busy`: it changed each time it was about to be moved; `error`: it could not be written.",
  }),
  nodes: z.array(z.string()),
  at: z.iso.datetime(),
}).openapi("RunMigrationLeftover");
export type Leftover = z.output<typeof Leftover>;

/** CDS Hooks examples: requests as our service takes them, responses as the standard wants them. */
import { emptyPlaces, hookOf, hookRequest } from "@praxis/workflow/conformance";
import { z } from "zod";

type Print = (line: string) => void;

const Coding = z.looseObject({ code: z.string(), system: z.string().optional() });
const Action = z.looseObject({
  type: z.enum(["create", "update", "delete"]),
  description: z.string().min(1),
});
/** What the standard demands of anybody's response. */
const Response = z.looseObject({
  cards: z.array(
    z.looseObject({
      uuid: z.string().optional(),
      summary: z.string().min(1).max(139),
      indicator: z.enum(["info", "warning", "critical"]),
      source: z.looseObject({ label: z.string().min(1) }),
      suggestions: z.array(z.looseObject({
        label: z.string().min(1),
        actions: z.array(Action).optional(),
      })).min(1).optional(),
      selectionBehavior: z.enum(["at-most-one", "any"]).optional(),
      overrideReasons: z.array(Coding.extend({ display: z.string().min(1) })).optional(),
      links: z.array(z.looseObject({
        label: z.string().min(1),
        url: z.url(),
        type: z.enum(["absolute", "smart"]),
      })).optional(),
    }).refine(
      ({ suggestions, selectionBehavior }) => !suggestions || selectionBehavior !== undefined,
      "selectionBehavior is missing",
    ),
  ),
});
const Services = z.looseObject({
  services: z.array(z.looseObject({
    hook: z.string().min(1),
    id: z.string().min(1),
    description: z.string().min(1),
    prefetch: z.record(z.string(), z.string().min(1)).optional(),
  })),
});

const placeOf = ({ issues: [issue] }: z.ZodError) =>
  `${issue!.path.join("/")}: ${issue!.message}`.slice(0, 120);

/** What is wrong with a file; undefined when nothing is. */
function faultOf(text: string): string | undefined {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(text);
  } catch {
    return "is no JSON";
  }
  if ("services" in value || "cards" in value) {
    const schema = "services" in value ? Services : Response;
    const parsed = schema.safeParse(value);
    if (!parsed.success) return placeOf(parsed.error);
    const empty = emptyPlaces(value).filter((pointer) => pointer !== "/cards");
    return empty.length > 0 ? `null or empty at ${empty[0]}` : undefined;
  }
  const hook = hookOf(String(value.hook));
  if (!hook) return "names no hook of the standard's library";
  const empty = emptyPlaces(value);
  if (empty.length > 0) return `null or empty at ${empty[0]}`;
  const parsed = hookRequest(hook, false).safeParse(value);
  return parsed.success ? undefined : placeOf(parsed.error);
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  const entries = [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1);
  for (const { name, isDirectory, isFile } of entries) {
    if (isDirectory) yield* filesBelow(`${folder}/${name}`);
    else if (isFile && name.endsWith(".json")) yield `${folder}/${name}`;
  }
}

type Count = { valid: number; total: number };

async function check(folder: string, print: Print): Promise<Count> {
  const count = { valid: 0, total: 0 };
  for await (const path of filesBelow(folder)) {
    count.total++;
    const fault = faultOf(await Deno.readTextFile(path));
    if (fault === undefined) count.valid++;
    else print(`  refused   ${path.slice(folder.length + 1)}: ${fault}`);
  }
  return count;
}

/**
 * True when the good examples are valid. Published requests and responses of the opioid guide are
 * told with what they break: most requests are no JSON.
 */
export async function runCdsHooks(folder: string, print: Print): Promise<boolean> {
  const { valid, total } = await check(`${folder}/examples`, print);
  print(`CDS Hooks examples: ${valid}/${total} valid`);
  for (const name of ["requests", "requests-repaired", "responses"]) {
    const found = await check(`${folder}/opioid-cds/${name}`, print).catch(() => undefined);
    if (found) print(`CDS Hooks opioid ${name}: ${found.valid}/${found.total} valid`);
  }
  return valid === total && total > 0;
}

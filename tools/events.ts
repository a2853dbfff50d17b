/** Writes the catalogue of events: docs/events.md and docs/asyncapi.json; --check compares. */
import type { EventDefinition } from "@praxis/shared/events";
import { z } from "zod";

const SERVICES = ["communication", "content", "identity", "practice", "workflow"];
const docs = new URL("../docs/", import.meta.url);

type Told = { service: string; definition: EventDefinition };

function isDefinition(value: unknown): value is EventDefinition {
  return typeof value === "object" && value !== null && "type" in value && "version" in value &&
    "subscribers" in value && "data" in value && Array.isArray(value.subscribers);
}

/** Definitions stand among a module's exports, or one level below. */
function definitionsIn(exports: Record<string, unknown>): EventDefinition[] {
  return Object.values(exports).flatMap((value) => {
    if (isDefinition(value)) return [value];
    if (typeof value !== "object" || value === null) return [];
    return Object.values(value).filter(isDefinition);
  });
}

export async function collect(services: readonly string[] = SERVICES): Promise<Told[]> {
  const all: Told[] = [];
  for (const service of services) {
    const url = new URL(`../services/${service}/events.ts`, import.meta.url);
    const exists = await Deno.stat(url).then(() => true, () => false);
    if (!exists) continue;
    const exports = await import(url.href) as Record<string, unknown>;
    all.push(...definitionsIn(exports).map((definition) => ({ service, definition })));
  }
  const name = ({ definition }: Told) => `${definition.type} ${definition.version}`;
  return all.sort((a, b) => name(a) < name(b) ? -1 : 1);
}

type JsonSchema = {
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  anyOf?: JsonSchema[];
  items?: JsonSchema;
};

const schemaOf = ({ data }: EventDefinition): JsonSchema => {
  const { $schema: _, ...schema } = z.toJSONSchema(data, { unrepresentable: "any" });
  return schema as JsonSchema;
};

function describeType(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(", ");
  if (schema.anyOf) return schema.anyOf.map(describeType).join(" or ");
  if (schema.type === "array") {
    return `list of ${schema.items ? describeType(schema.items) : "any"}`;
  }
  if (Array.isArray(schema.type)) return schema.type.join(" or ");
  return schema.format ?? schema.type ?? "any";
}

export function toMarkdown(all: readonly Told[]): string {
  const lines = [
    "# Events",
    "",
    "Written by `deno task events` from the definitions in `services/*/events.ts`: change those.",
    "",
    "A fact is a CloudEvent (1.0, JSON), written in the transaction of the change that it tells of",
    "and posted to `/internal/events` of each subscriber ([ADR 0005](adr/0005-facts-by-outbox.md)).",
    "",
    "- **Order.** Facts of one `subject` reach a subscriber in the order of their commits.",
    "- **At least once.** The receiver remembers `(source, id)` with its own effect.",
    "- **Who says so.** The service token of the delivery must be that of `source`. The body carries",
    "  no signature of its own: whoever could change it on the way could take the token as well.",
    "- **Together.** What waits goes out up to 64 at a time, to `/internal/events/batch`. Whatever is not",
    "  handled there (poison, an unknown type, a handler that asks others first) is told alone, and",
    "  answered for alone.",
    "- **Trace.** `requestid` is the id of the request that it all began with; `traceparent` holds the",
    "  same as a W3C trace id, and both travel on with the delivery. A browser that sends `traceparent`",
    "  and no `x-request-id` names the request itself: its trace id, with the dashes of a UUID.",
    "- **When it is not taken.** Nobody there: tried for about a day. Type or version unknown, no such",
    "  route, an error in the handler: tried for about an hour, since a deploy may change it. Refused",
    "  for what it says: given up at once. What was given up is listed by `GET /api/<service>/jobs` of",
    "  the service that tells it, and told again by `POST /api/<service>/events/{id}/redrive`,",
    "  all of an organization's by `POST /api/<service>/events/redrive`.",
    "- **Retention.** Seven days after it was told to all; what was given up stays.",
    "",
    "| Event | Version | Told by | Heard by |",
    "| --- | --- | --- | --- |",
    ...all.map(({ service, definition }) =>
      `| \`${definition.type}\` | ${definition.version} | ${service} | ` +
      `${definition.subscribers.join(", ") || "nobody yet"} |`
    ),
  ];
  for (const { definition } of all) {
    const schema = schemaOf(definition);
    lines.push("", `## ${definition.type}`, "", "| Field | Type |", "| --- | --- |");
    for (const [name, field] of Object.entries(schema.properties ?? {})) {
      const optional = schema.required?.includes(name) ? "" : ", optional";
      lines.push(`| \`${name}\` | ${describeType(field)}${optional} |`);
    }
  }
  return lines.join("\n") + "\n";
}

/** AsyncAPI 3.0: a channel for each subscriber, with the messages that come in there. */
export function toAsyncApi(all: readonly Told[]): unknown {
  const messageName = ({ definition }: Told) => `${definition.type}.v${definition.version}`;
  const subscribers = [...new Set(all.flatMap(({ definition }) => definition.subscribers))].sort();
  const tellers = [...new Set(all.map(({ service }) => service))].sort();
  const heardBy = (name: string) =>
    all.filter(({ definition }) => definition.subscribers.includes(name));
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Praxis events",
      version: "1",
      description: "Facts that services tell each other, as CloudEvents over HTTP.",
    },
    defaultContentType: "application/json",
    channels: Object.fromEntries(subscribers.map((name) => [name, {
      address: "/internal/events",
      description: `What ${name} hears.`,
      messages: Object.fromEntries(
        heardBy(name).map((told) => [messageName(told), {
          $ref: `#/components/messages/${messageName(told)}`,
        }]),
      ),
    }])),
    operations: Object.fromEntries(
      tellers.flatMap((teller) =>
        subscribers.map((name) => ({
          teller,
          name,
          heard: heardBy(name).filter(({ service }) => service === teller),
        }))
      ).filter(({ heard }) => heard.length > 0).map(({ teller, name, heard }) => [
        `${teller}Tells${name[0]!.toUpperCase()}${name.slice(1)}`,
        {
          action: "send",
          channel: { $ref: `#/channels/${name}` },
          messages: heard.map((told) => ({
            $ref: `#/channels/${name}/messages/${messageName(told)}`,
          })),
          bindings: { http: { method: "POST", bindingVersion: "0.3.0" } },
        },
      ]),
    ),
    components: {
      messages: Object.fromEntries(all.map((told) => [messageName(told), {
        name: told.definition.type,
        contentType: "application/json",
        payload: {
          type: "object",
          required: ["specversion", "id", "source", "type", "subject", "time", "data"],
          properties: {
            specversion: { const: "1.0" },
            id: { type: "string", format: "uuid" },
            source: { const: `/${told.service}` },
            type: { const: told.definition.type },
            subject: { type: "string" },
            time: { type: "string", format: "date-time" },
            datacontenttype: { const: "application/json" },
            dataversion: { const: told.definition.version },
            organizationid: { type: "string", format: "uuid" },
            requestid: { type: "string" },
            traceparent: { type: "string" },
            data: schemaOf(told.definition),
          },
        },
      }])),
    },
  };
}

/** As `deno fmt` would leave it, which looks at docs/ as well. */
export async function format(markdown: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "md", "-"],
    cwd: new URL("../", import.meta.url),
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  await new Blob([markdown]).stream().pipeTo(child.stdin);
  const { success, stdout } = await child.output();
  if (!success) throw new Error("deno fmt refused the catalogue of events");
  return new TextDecoder().decode(stdout);
}

async function main(isCheck: boolean): Promise<void> {
  const all = await collect();
  const files = {
    "events.md": await format(toMarkdown(all)),
    "asyncapi.json": JSON.stringify(toAsyncApi(all), null, 2) + "\n",
  };
  const stale: string[] = [];
  for (const [name, text] of Object.entries(files)) {
    const file = new URL(name, docs);
    if (!isCheck) await Deno.writeTextFile(file, text);
    else if (await Deno.readTextFile(file).catch(() => "") !== text) stale.push(name);
  }
  if (stale.length === 0) return;
  const message = `docs: ${stale.join(", ")} out of date: run deno task events\n`;
  Deno.stderr.writeSync(new TextEncoder().encode(message));
  Deno.exit(1);
}

if (import.meta.main) await main(Deno.args.includes("--check"));

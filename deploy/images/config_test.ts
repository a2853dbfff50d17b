/** What a service says that is started with a variable missing, malformed or made for development. */
import { doesNotMatch, equal, match, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { loadConfig } from "@praxis/shared/config";
import { SERVICES } from "@praxis/local/services";
import { parse } from "yaml";
import type { z } from "zod";
import { schemasOf } from "./rights.ts";

const compose: { services: Record<string, { environment: Record<string, string> }> } = parse(
  // As Compose reads it in a shell that has none of the names.
  (await Deno.readTextFile(new URL("../../compose.yaml", import.meta.url)))
    .replace(/\$\{\w+:-([^}]*)\}/g, "$1"),
  { merge: true },
);

/** A value that nothing but free text can be. It must not be repeated. */
const MALFORMED = "m\u0001lformed hunter2";
/** Any text will do for these. */
const FREE_TEXT =
  /^(HOST|OTEL_\w+|SERVICE_ADDRESS|CONSUL_HTTP_TOKEN|UPSTASH_REDIS_REST_TOKEN|MAIL_FROM|MAILGUN_DOMAIN)$|_KEY$|_SID$|_TOKEN$|_FROM$|_SECRET$|_SENDER$|_SERVICE$|_MODEL$/;
/** Free text, but never so short. */
const SECRET = /^(SERVICE_CREDENTIAL|CONTEXT_KEY|ENCRYPTION_KEY)$/;

function good(service: string, name: string): Record<string, string> {
  const { environment } = compose.services[service === "gateway" ? service : `${service}-service`]!;
  if (name === "Config") return environment;
  const given = {
    ...environment,
    ...compose.services[`${service}-migrate`]?.environment,
  };
  return given;
}

const isRequired = (schema: z.ZodObject, name: string) =>
  !(schema.shape[name] as z.ZodType).safeParse(undefined).success;

function refusal(schema: z.ZodObject, values: Record<string, string>): string {
  try {
    loadConfig(schema, (name) => values[name]);
  } catch (error) {
    ok(error instanceof TypeError);
    match(error.message, /^Cannot start: the environment is not valid\n/);
    return error.message;
  }
  return "";
}

for (const service of SERVICES) {
  const schemas = Object.entries(await schemasOf(service));
  describe(`the environment of ${service.name}`, () => {
    for (const [schemaName, schema] of schemas) {
      const values = good(service.name, schemaName);
      const names = Object.keys(schema!.shape);

      it(`${schemaName}: good values are taken`, () => {
        equal(refusal(schema!, values), "");
      });

      for (const name of names.filter((name) => isRequired(schema!, name))) {
        it(`${schemaName}: ${name} missing or empty is refused by name`, () => {
          const { [name]: _, ...others } = values;
          match(refusal(schema!, others), new RegExp(`^  ${name}: .+`, "m"));
          match(refusal(schema!, { ...others, [name]: "" }), new RegExp(`^  ${name}: .+`, "m"));
        });
      }

      for (const name of names.filter((name) => !FREE_TEXT.test(name) || SECRET.test(name))) {
        it(`${schemaName}: ${name} malformed is refused by name, and not repeated`, () => {
          const message = refusal(schema!, { ...values, [name]: MALFORMED });
          match(message, new RegExp(`^  ${name}(\\.\\S+)?: .+`, "m"));
          doesNotMatch(message, /hunter2/);
        });
      }
    }
  });
}

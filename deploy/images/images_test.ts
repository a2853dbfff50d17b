/**
 * What the Dockerfile builds, gathered into a folder and run from there: every service, from nothing
 * but its own folder, with the image's own rights, without a cache and with no way to a registry.
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { dirname } from "node:path";
import { eventually } from "@praxis/local/stand-ins";
import { findFreePort } from "@praxis/local/ports";
import { type Service, SERVICES } from "@praxis/local/services";
import { createTestDatabase, type TestDatabase, testStack } from "@praxis/local/testing";
import { UNFINISHED_RESTORE } from "@praxis/shared/migrations";
import { connect } from "@praxis/shared/postgres";
import { assemble } from "./assemble.ts";
import { schemasOf } from "./rights.ts";

const KEY = "a secret for tests, of more than 32 characters";
/** A PNG of one transparent pixel. */
const PIXEL =
  "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082";
const PROBES: Record<string, string> = {
  // Both kinds of reader, and the process that draws.
  content: `
    import { createReader } from "./ingestion/reading.ts";
    const reader = createReader();
    const organizationId = crypto.randomUUID();
    const text = new TextEncoder().encode("Potassium 4.1 mmol/l");
    const read = await reader.read({ kind: "text", bytes: text, organizationId });
    const image = Uint8Array.fromHex("${PIXEL}");
    const seen = await reader.read({ kind: "image", bytes: image, organizationId });
    await reader.stop();
    Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify([read.status, seen.status])));
    Deno.exit(0);`,
  workflow: `
    import { createSandbox } from "./language/sandbox.ts";
    const sandbox = createSandbox();
    const [sum] = await sandbox.evaluate(["1 + 1"], {});
    await sandbox.close();
    Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify([String(sum.ok), sum.reason ?? ""])));
    Deno.exit(0);`,
};

type Ended = { code: number; text: string };

describe("images", () => {
  let root: string;
  before(async () => {
    root = await Deno.makeTempDir({ prefix: "praxis-images-" });
  });
  after(() => Deno.remove(root, { recursive: true }));

  const folderOf = (service: Service) => `${root}/${service.name}`;
  /** A registry that nobody could reach, and a cache that holds nothing. */
  const bare = (service: Service) => ({
    PATH: `${dirname(Deno.execPath())}:/usr/bin:/bin`,
    DENO_DIR: `${root}/${service.name}-cache`,
    DENO_NO_UPDATE_CHECK: "1",
    NO_COLOR: "1",
    NPM_CONFIG_REGISTRY: "http://127.0.0.1:9/",
  });
  const launch = (service: Service, args: string[], env: Record<string, string>) =>
    new Deno.Command(`${folderOf(service)}/start`, {
      args,
      env: { ...bare(service), ...env },
      clearEnv: true,
      cwd: "/",
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
  async function run(
    service: Service,
    args: string[],
    env: Record<string, string> = {},
  ): Promise<Ended> {
    const { code, stdout, stderr } = await launch(service, args, env).output();
    return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
  }

  async function environmentOf(service: Service, database?: TestDatabase) {
    const stack = await testStack();
    const port = findFreePort();
    const admin = findFreePort();
    const files = `${root}/${service.name}-files`;
    await Deno.mkdir(files, { recursive: true });
    const names = SERVICES.map(({ name }) => name);
    const all: Record<string, string> = {
      PRAXIS_ENV: "production",
      PORT: String(port),
      ADMIN_PORT: String(admin),
      HOST: "127.0.0.1",
      PUBLIC_URL: "https://praxis.example",
      SERVICE_CREDENTIAL: KEY,
      CONTEXT_KEY: KEY,
      ENCRYPTION_KEY: KEY,
      UPSTASH_REDIS_REST_URL: stack.redisUrl,
      UPSTASH_REDIS_REST_TOKEN: stack.redisToken,
      STORAGE_URL: `file://${files}`,
      SERVICE_CREDENTIAL_HASHES: JSON.stringify(
        Object.fromEntries(names.map((name) => [name, "a".repeat(64)])),
      ),
      CONTEXT_KEYS: JSON.stringify(
        Object.fromEntries(names.slice(1).map((name) => [name, KEY])),
      ),
      ...(database ? { DATABASE_URL: database.appUrl } : {}),
    };
    const { Config } = await schemasOf(service);
    return Object.fromEntries(Object.entries(all).filter(([name]) => name in Config.shape));
  }

  for (const service of SERVICES) {
    it(`${service.name} starts, serves and ends on what its image holds`, async () => {
      const packages = await assemble(service, folderOf(service));
      for (const foreign of ["playwright-core", "vite", "react", "better-auth", "smtp-server"]) {
        // Communication's own mail server is for development, and in its graph.
        if (foreign === "smtp-server" && service.name === "communication") continue;
        ok(!packages.includes(foreign), foreign);
      }
      const database = service.postgresPort === undefined ? undefined : await createTestDatabase({
        template: "empty",
        migrate: () => Promise.resolve(),
      });
      try {
        if (database) {
          const migrated = await run(service, ["migrate"], {
            DATABASE_MIGRATION_URL: database.ownerUrl,
          });
          equal(migrated.code, 0, migrated.text);
        }
        const environment = await environmentOf(service, database);
        const child = launch(service, ["main"], environment).spawn();
        const output = Promise.all([
          new Response(child.stdout).text(),
          new Response(child.stderr).text(),
        ]);
        let hasEnded = false;
        const status = child.status.finally(() => hasEnded = true);
        try {
          // The gateway is ready once all services are.
          const path = service.name === "gateway" ? "/health" : "/ready";
          const { PORT } = environment;
          await eventually(
            `${service.name} answers ${path}`,
            () =>
              hasEnded || fetch(`http://127.0.0.1:${PORT}${path}`).then(
                async (answer) => (await answer.body?.cancel(), answer.ok || undefined),
                () => undefined,
              ),
          );
          const asked = await run(service, ["health", path], { PORT: PORT! });
          equal(asked.code, 0, asked.text);
          const lost = await run(service, ["health", "/nothing-here"], { PORT: PORT! });
          equal(lost.code, 1);
          child.kill("SIGTERM");
        } catch (error) {
          if (!hasEnded) child.kill("SIGKILL");
          throw new Error((await output).join(""), { cause: error });
        }
        equal((await status).code, 0, (await output).join(""));
        await database?.drop();
        for (const kind of ["npm", "remote", "deps", "registries"]) {
          const folder = `${bare(service).DENO_DIR}/${kind}`;
          const isThere = await Deno.stat(folder).then(() => true, () => false);
          deepEqual(isThere ? [...Deno.readDirSync(folder)] : [], [], `${kind} was fetched`);
        }
      } finally {
        await Deno.remove(bare(service).DENO_DIR, { recursive: true }).catch(() => {});
      }
    });

    it(`${service.name} says what it misses, and ends`, async () => {
      const { ENCRYPTION_KEY: _, SERVICE_CREDENTIAL: __, ...rest } = await environmentOf(service);
      const bare = await run(service, ["main"], rest);
      equal(bare.code, 1, bare.text);
      match(bare.text, /Cannot start: the environment is not valid[\s\S]*SERVICE_CREDENTIAL: /);
      if (service.name !== "communication") return;
      // A key of its own is made from another in development only.
      const unsealed = await run(service, ["main"], {
        ...rest,
        SERVICE_CREDENTIAL: KEY,
        DATABASE_URL: "postgres://u:p@127.0.0.1:9/x",
      });
      equal(unsealed.code, 1);
      match(unsealed.text, /Cannot start: ENCRYPTION_KEY is needed in production/);
    });

    const probe = PROBES[service.name];
    if (!probe) continue;
    it(`${service.name} reads in processes of their own there`, async () => {
      const folder = folderOf(service);
      await Deno.writeTextFile(`${folder}/services/${service.name}/probe.ts`, probe);
      const rights = await Deno.readTextFile(`${folder}/rights`);
      await Deno.writeTextFile(`${folder}/rights`, rights.replace(/^SCRIPTS="/m, "$&probe "));
      const { code, text } = await run(service, ["probe"], await environmentOf(service));
      equal(code, 0, text);
      if (service.name === "workflow") deepEqual(JSON.parse(text), ["true", ""]);
      else deepEqual(JSON.parse(text), ["ready", "ready"]);
    });
  }

  it("a service starts on no database that is behind, ahead or half restored, and says why", async () => {
    const service = SERVICES.find(({ name }) => name === "practice")!;
    const database = await createTestDatabase({
      template: "empty",
      migrate: () => Promise.resolve(),
    });
    const environment = await environmentOf(service, database);
    const owner = connect(database.ownerUrl, { connectionsMax: 1 });
    const refusal = async () => {
      const { code, text } = await run(service, ["main"], environment);
      equal(code, 1, text);
      return text;
    };
    const migrate = () => run(service, ["migrate"], { DATABASE_MIGRATION_URL: database.ownerUrl });
    try {
      match(await refusal(), /Cannot start: the database is behind this release; \d+ migrations/);
      equal((await migrate()).code, 0);
      await owner`insert into migrations (name, is_contract) values ('service/9999_next.sql', true)`;
      match(await refusal(), /Cannot start: the database is ahead .*service\/9999_next.sql/);
      await owner`update migrations set name = ${UNFINISHED_RESTORE} where is_contract`;
      match(await refusal(), /Cannot start: a restore into this database was broken off/);
      match((await migrate()).text, /a restore into this database was broken off/);
    } finally {
      await owner.end({ timeout: 5 });
      await database.drop();
    }
  });
});

describe("the image's start", () => {
  let folder: string;
  before(async () => {
    folder = await Deno.makeTempDir({ prefix: "praxis-start-" });
    // In Deno's place: says with what it was called.
    await Deno.writeTextFile(`${folder}/deno`, '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
    await Deno.copyFile(new URL("./start", import.meta.url), `${folder}/start`);
    await Deno.chmod(`${folder}/start`, 0o755);
  });
  after(() => Deno.remove(folder, { recursive: true }));

  async function flags(
    name: string,
    env: Record<string, string>,
    args: string[] = [],
  ): Promise<Record<string, string>> {
    const service = SERVICES.find((service) => service.name === name)!;
    const { rightsOf, toShell } = await import("./rights.ts");
    await Deno.writeTextFile(
      `${folder}/rights`,
      toShell(service, await rightsOf(service, SERVICES)),
    );
    const { code, stdout, stderr } = await new Deno.Command(`${folder}/start`, {
      args,
      env: { PATH: `${folder}:/usr/bin:/bin`, ...env },
      clearEnv: true,
    }).output();
    equal(code, 0, new TextDecoder().decode(stderr));
    return Object.fromEntries(
      new TextDecoder().decode(stdout).trim().split("\n").map((flag) => {
        const [, key, value] = flag.match(/^([^=]*)=?(.*)$/)!;
        return [key!, value!];
      }),
    );
  }

  it("lets a service reach what its environment names, and nothing else", async () => {
    const given = await flags("practice", {
      DATABASE_URL: "postgres://u:p%40x@practice-db-rw/practice_service?sslmode=require",
      UPSTASH_REDIS_REST_URL: "https://redis.example/x",
      IDENTITY_SERVICE_URL: "http://[::1]:8001/",
      CONSUL_HTTP_ADDR: "http://consul:8500",
      SERVICE_INSTANCES: '{"workflow":[{"url":"http://10.0.0.7:8004"},{"url":"https://w"}]}',
      PUBLIC_URL: "https://eu.praxis.example",
      ALLOW_NET: "10.1.0.0/16",
    });
    deepEqual(
      given["--allow-net"]!.split(",").sort(),
      [
        "0.0.0.0:8005",
        "127.0.0.1:9005",
        "identity-service:8001",
        "content-service:8002",
        "communication-service:8003",
        "workflow-service:8004",
        "practice-db-rw:5432",
        "redis.example:443",
        "[::1]:8001",
        "consul:8500",
        "10.0.0.7:8004",
        "w:443",
        "10.1.0.0/16",
      ].sort(),
    );
    equal(given["--allow-read"], folder);
    for (const flag of ["-A", "--allow-all", "--allow-write", "--allow-run", "--allow-ffi"]) {
      equal(given[flag], undefined, flag);
    }
    for (const flag of ["--no-prompt", "--cached-only", "--ignore-env"]) equal(given[flag], "");
    ok(!given["--allow-env"]!.split(",").includes("PATH"));
  });

  it("gives files, processes and native code to those alone that need them", async () => {
    const wide: Record<string, string[]> = {
      "--allow-write": ["content"],
      "--allow-run": ["content", "workflow"],
      "--allow-ffi": ["identity"],
      "--deny-net": ["communication"],
    };
    for (const [flag, names] of Object.entries(wide)) {
      const holders: string[] = [];
      for (const { name } of SERVICES) {
        const given = await flags(name, { STORAGE_URL: "file:///data" });
        if (given[flag] !== undefined) holders.push(name);
        if (flag === "--allow-write" && name === "content") equal(given[flag], "/data");
        if (flag === "--allow-run" && given[flag]) equal(given[flag], `${folder}/deno`);
      }
      deepEqual(holders.sort(), names, flag);
    }
  });

  it("lets a migration read its own variables and reach its database", async () => {
    const given = await flags(
      "practice",
      { DATABASE_MIGRATION_URL: "postgres://o:p@practice-db:5432/practice_service" },
      ["migrate"],
    );
    match(given["--allow-net"]!, /practice-db:5432/);
    ok(Object.keys(given).some((flag) => flag.endsWith("/services/practice/migrate.ts")));
  });

  it("hands a script what it is told, so that a key is retired and not just followed", async () => {
    const told = ["rotate_keys", "--retire", "a kid"];
    const given = Object.keys(await flags("identity", {}, told));
    const at = given.findIndex((flag) => flag.endsWith("/services/identity/rotate_keys.ts"));
    deepEqual(given.slice(at + 1), told.slice(1));
  });

  it("refuses a script that is not there", async () => {
    const { code, stderr } = await new Deno.Command(`${folder}/start`, {
      args: ["../../etc/x"],
      env: { PATH: `${folder}:/usr/bin:/bin` },
      clearEnv: true,
    }).output();
    equal(code, 64);
    match(new TextDecoder().decode(stderr), /there are: main migrate/);
  });
});

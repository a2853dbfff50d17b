/** Each check finds what it is there for, and finds nothing in this repository. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { getService, SERVICES } from "@praxis/local/services";
import { checkClients, checkEvents, checkPorts } from "./arrows.ts";
import { CHECKS, report } from "./coordination.ts";
import { checkDependencies, type Dependencies } from "./dependencies.ts";
import { environmentMarkdown, meaningIn, variables } from "./environment.ts";
import { AGENTS, checkAgents, firstSentence, guideOf, withFacts } from "./guides.ts";
import { listFiles, readText } from "./model.ts";
import { checkPermissions, permissionsMarkdown, routesOf } from "./permissions.ts";

const texts = (issues: { text: string }[]) => issues.map(({ text }) => text);

describe("dependencies", () => {
  const good: Dependencies = {
    imports: { zod: "npm:zod@4.6.7", "@types/react": "npm:@types/react@19.3.0", bdd: "node:test" },
    members: { "shared/deno.json": {} },
    reasons: "| package | why |\n| --- | --- |\n| zod | schemas |\n| @types/react | types |\n",
    sources: { "shared/a.ts": 'import { z } from "zod";' },
  };
  const after = (change: Partial<Dependencies>) => checkDependencies({ ...good, ...change });

  it("are in order when each has one exact version, a reason and a use", () => {
    deepEqual(after({}), []);
  });

  it("are not with a range, a second version, no reason, no use, or a version elsewhere", () => {
    const { imports } = good;
    const cases: [Partial<Dependencies>, RegExp][] = [
      [{ imports: { ...imports, zod: "npm:zod@^4.6.7" } }, /zod@\^4.6.7 is not an exact version/],
      [
        {
          imports: { ...imports, zod3: "npm:zod@3.0.0" },
          sources: { "a.ts": 'from "zod"; "zod3"' },
        },
        /zod has two versions/,
      ],
      [{ reasons: "" }, /zod has no line in docs\/dependencies.md/],
      [{ sources: {} }, /zod is not imported anywhere/],
      [{ members: { "shared/deno.json": { hono: "npm:hono@1.0.0" } } }, /import of its own: hono/],
      [
        { sources: { "shared/a.ts": 'import { z } from "npm:zod@3.0.0";' } },
        /shared\/a.ts names a version of its own/,
      ],
    ];
    for (const [change, expected] of cases) match(texts(after(change)).join("\n"), expected);
  });
});

describe("ports", () => {
  it("are all named in the architecture and in compose.yaml", async () => {
    const documents: Record<string, string> = {};
    for (const path of ["ARCHITECTURE.md", "compose.yaml"]) documents[path] = await readText(path);
    deepEqual(texts(checkPorts(SERVICES, documents)), []);
  });

  it("are missed where they are not", () => {
    const identity = getService("identity");
    deepEqual(texts(checkPorts([identity], { "X.md": "8001, 5433" })), [
      "X.md does not name 6380, identity's redis",
    ]);
    // 18001 is another port.
    ok(texts(checkPorts([identity], { "X.md": "18001 5433 6380" }))[0]!.includes("8001"));
  });
});

describe("arrows", () => {
  it("are followed by every client", () => {
    deepEqual(texts(checkClients(SERVICES, listFiles("services", /\.ts$/))), []);
  });

  it("are missed by a client and by an event that have none", () => {
    deepEqual(texts(checkClients(SERVICES, ["services/practice/clients/gateway.ts"])), [
      "services/practice/clients/gateway.ts: practice may not call gateway",
    ]);
    const told = (subscribers: string[]) => [{
      service: "practice",
      definition: { type: "patient.merged", subscribers },
    }];
    deepEqual(checkEvents(SERVICES, told(["content", "practice"])), []);
    match(texts(checkEvents(SERVICES, told(["gateway"])))[0]!, /practice tells gateway/);
    match(texts(checkEvents(SERVICES, told(["billing"])))[0]!, /no service/);
  });
});

describe("permissions", () => {
  const document = (access?: string) => ({
    paths: { "/api/x": { get: access === undefined ? {} : { "x-permission": access } } },
  });

  it("are asked for by every route of every service, and exist", async () => {
    for (const { name } of SERVICES.filter(({ name }) => name !== "gateway")) {
      const routes = routesOf(name, JSON.parse(await readText(`docs/openapi/${name}.json`)));
      ok(routes.length > 5, name);
      deepEqual(texts(checkPermissions(routes)), []);
    }
  });

  it("are missed on a route that names none, or one that nobody can hold", () => {
    deepEqual(checkPermissions(routesOf("x", document("signed-in"))), []);
    match(texts(checkPermissions(routesOf("x", document())))[0]!, /asks for nothing/);
    match(texts(checkPermissions(routesOf("x", document("documents:eat"))))[0]!, /documents:eat/);
  });

  it("are listed with what they let one call", () => {
    const text = permissionsMarkdown(routesOf("x", document("documents:read")));
    match(text, /\| `documents:read` \| `GET \/api\/x` \|/);
    match(text, /No route asks for these yet: .*`documents:write`/);
  });
});

describe("environment", () => {
  it("names every variable of every service, its readers and what it is", async () => {
    const all = await variables();
    const find = (name: string) => all.find((variable) => variable.name === name)!;
    equal(find("PRAXIS_REGION").standard, "eu");
    equal(find("STORAGE_URL").needers.join(), "content");
    match(find("CONTEXT_KEYS").meaning, /signed context/);
    ok(find("DATABASE_MIGRATION_URL").needers.includes("practice (migrate)"));
    ok(!find("DATABASE_MIGRATION_URL").readers.includes("practice"));
    const text = environmentMarkdown(all);
    match(text, /\| `SERVICE_CREDENTIAL` \| all \| all \|/);
    match(text, /\| `RATE_LIMIT_USER` \| gateway \| nobody \| `100\/200` \|/);
  });

  it("takes a variable's meaning from the comment right above it", () => {
    const source =
      "/** First. */\n  A: z.string(),\n  B: z.string(),\n  /**\n   * Two\n   * lines.\n   */\n  C: x,";
    deepEqual(["A", "B", "C"].map((name) => meaningIn(source, name)), [
      "First.",
      undefined,
      "Two lines.",
    ]);
  });
});

describe("guides", () => {
  it("keep what people wrote and replace what the sources say", () => {
    const text =
      "# X\n\n<!-- facts: written by `deno task coordination` -->\nold\n<!-- /facts -->\n\nEnd\n";
    const written = withFacts(text, "new")!;
    match(written, /^# X[\s\S]*new[\s\S]*End\n$/);
    ok(!written.includes("old"));
    equal(withFacts(written, "new"), written);
    equal(withFacts("# X", "new"), undefined);
  });

  it("take a folder's meaning from the first sentence of its source", () => {
    equal(
      firstSentence("/**\n * One thing, for `a.b`\n * and c. Another.\n */"),
      "One thing, for `a.b` and c.",
    );
    equal(firstSentence("const x = 1;"), "");
  });

  it("are there for each service and for the coordinator, and the agents point to them", async () => {
    const agents: Record<string, string> = {};
    for (const agent of Object.keys(AGENTS)) {
      agents[`.claude/agents/${agent}.md`] = await readText(`.claude/agents/${agent}.md`);
    }
    deepEqual(checkAgents(agents), []);
    equal(checkAgents({}).length, 5);
    equal(checkAgents({ ...agents, ".claude/agents/content-agent.md": "" }).length, 1);
    for (const name of [...SERVICES.map(({ name }) => name), "coordinator"]) {
      ok(withFacts(await readText(guideOf(name)), ""), name);
    }
  });
});

describe("the report", () => {
  it("says that there is nothing, or what there is", () => {
    match(report([]), /There are none\./);
    const text = report([{ check: "ports", text: "8001 is missing" }]);
    match(text, /## ports\n[\s\S]*- 8001 is missing/);
    ok(!text.includes("There are none"));
    ok(CHECKS.ports);
  });
});

/** How rules are reached over HTTP. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import {
  type Api,
  createApi,
  defineRoute,
  Page,
  PageQuery,
  readCursor,
  reply,
  stream,
  toPage,
} from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import { decide } from "./decisions.ts";
import {
  Approval,
  Decided,
  DecideInput,
  Key,
  Performance,
  Replay,
  Rule,
  RuleDetail,
  RuleDraft,
  ruleStates,
  TestRun,
} from "./model.ts";
import * as rules from "./rules.ts";

const PATH = "/api/workflow/rules";
const VERSION = `${PATH}/{key}/versions/{version}` as const;
const RulePage = Page(Rule).openapi("RulePage");
const Version = z.object({ key: Key, version: z.string().max(60).openapi({ example: "3" }) });
const DAY_MS = 86_400_000;
const REPLAY_DAYS_MAX = 366;

/** What is no number is the number of no version. */
function named({ key, version }: z.output<typeof Version>): rules.Named {
  if (!/^[1-9]\d{0,5}$/.test(version)) throw problem("rule-not-found");
  return { key, version: Number(version) };
}
const json = <T extends z.ZodType>(schema: T, description = "OK") => ({
  description,
  content: { "application/json": { schema } },
});
const body = <T extends z.ZodType>(schema: T) => ({ content: { "application/json": { schema } } });

const listRules = defineRoute({
  permission: "rules:read",
  method: "get",
  path: PATH,
  tags: ["rules"],
  summary: "List the rules of your organization, newest first",
  request: {
    query: PageQuery.extend({ state: z.enum(ruleStates).optional(), key: Key.optional() }),
  },
  responses: { 200: json(RulePage) },
});
const putDraft = defineRoute({
  permission: "rules:write",
  method: "post",
  path: PATH,
  tags: ["rules"],
  summary: "Write a draft, from a table or from DMN: a new version of its key, or the draft anew",
  request: { body: body(RuleDraft) },
  responses: { 201: json(Rule, "Kept") },
});
const getRule = defineRoute({
  permission: "rules:read",
  method: "get",
  path: VERSION,
  tags: ["rules"],
  summary: "Read one version of a rule",
  request: { params: Version },
  responses: { 200: json(RuleDetail) },
});
const exportDmn = defineRoute({
  permission: "rules:read",
  method: "get",
  path: `${VERSION}/dmn`,
  tags: ["rules"],
  summary: "Export the decision of a version as DMN 1.5",
  request: { params: Version },
  responses: {
    200: { description: "OK", content: { "application/xml": { schema: z.string() } } },
  },
});
const test = defineRoute({
  permission: "rules:read",
  method: "post",
  path: `${VERSION}/test`,
  tags: ["rules"],
  summary: "Run the test table of a version",
  request: { params: Version },
  responses: { 200: json(TestRun) },
});
const submit = defineRoute({
  permission: "rules:write",
  method: "post",
  path: `${VERSION}/submit`,
  tags: ["rules"],
  summary: "Hand a draft in whose tests pass: from now on it does not change",
  request: { params: Version },
  responses: { 200: json(Rule) },
});
const approve = defineRoute({
  permission: "rules:approve",
  method: "post",
  path: `${VERSION}/approve`,
  tags: ["rules"],
  summary: "Let a version speak that somebody else has written and handed in",
  request: { params: Version, body: body(Approval) },
  responses: { 200: json(Rule) },
});
const retire = defineRoute({
  permission: "rules:approve",
  method: "post",
  path: `${VERSION}/retire`,
  tags: ["rules"],
  summary: "Ask this version no more; what was only handed in goes back to its author",
  request: { params: Version },
  responses: { 200: json(Rule) },
});
const replay = defineRoute({
  permission: "rules:write",
  method: "post",
  path: `${VERSION}/replay`,
  tags: ["rules"],
  summary: "Say how often a version would have fired on what hooks were told",
  request: {
    params: Version,
    body: body(
      z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() })
        .refine(({ from, to }) => {
          const ms = Date.parse(to) - Date.parse(from);
          return ms > 0 && ms <= REPLAY_DAYS_MAX * DAY_MS;
        }, "It ends after it begins, within a year.").openapi("RuleReplayInput"),
    ),
  },
  responses: { 200: json(Replay) },
});
const measure = defineRoute({
  permission: "rules:read",
  method: "get",
  path: `${PATH}/{key}/performance`,
  tags: ["rules"],
  summary: "Say how often a rule was asked, fired, was followed and was set aside, and why",
  request: {
    params: z.object({ key: Key }),
    query: z.strictObject({
      days: z.coerce.number().int().min(1).max(366).default(30),
      version: z.coerce.number().int().min(1).max(999_999).optional(),
    }),
  },
  responses: { 200: json(Performance) },
});
const evaluate = defineRoute({
  permission: "decisions:evaluate",
  method: "post",
  path: "/api/workflow/decisions/{key}/evaluate",
  tags: ["rules"],
  summary: "Ask the active version of a rule: fired, not fired, or what it cannot be told from",
  request: { params: z.object({ key: Key }), body: body(DecideInput) },
  responses: { 200: json(Decided) },
});

export function decisionRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(listRules, async (c) => {
    const { limit, cursor, state, key } = c.req.valid("query");
    const [before] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const filter = {
      ...(state === undefined ? {} : { state }),
      ...(key === undefined ? {} : { key }),
    };
    const rows = await rules.list(deps, signedIn(c), { filter, before, limit });
    return reply(c, 200, RulePage, toPage(rows, limit, ({ id }) => [id]));
  });
  api.openapi(putDraft, async (c) => {
    const input = { draft: c.req.valid("json"), requestId: c.get("requestId") };
    const rule = await rules.putDraft(deps, signedIn(c), input);
    const location = `${PATH}/${rule.key}/versions/${rule.version}`;
    return reply(c, 201, Rule, rule, { location });
  });
  api.openapi(getRule, async (c) => {
    const found = await rules.get(deps, signedIn(c), named(c.req.valid("param")));
    return reply(c, 200, RuleDetail, found);
  });
  api.openapi(exportDmn, async (c) => {
    const xml = await rules.exportDmn(deps, signedIn(c), named(c.req.valid("param")));
    return stream(xml, 200, { "content-type": "application/xml; charset=utf-8" }) as never;
  });
  api.openapi(test, async (c) => {
    const run = await rules.test(deps, signedIn(c), named(c.req.valid("param")));
    return reply(c, 200, TestRun, run);
  });
  api.openapi(submit, async (c) => {
    const asked = { ...named(c.req.valid("param")), requestId: c.get("requestId") };
    return reply(c, 200, Rule, await rules.submit(deps, signedIn(c), asked));
  });
  api.openapi(approve, async (c) => {
    const asked = { ...named(c.req.valid("param")), requestId: c.get("requestId") };
    const approval = { ...asked, ...c.req.valid("json") };
    return reply(c, 200, Rule, await rules.approve(deps, signedIn(c), approval));
  });
  api.openapi(retire, async (c) => {
    const asked = { ...named(c.req.valid("param")), requestId: c.get("requestId") };
    return reply(c, 200, Rule, await rules.retire(deps, signedIn(c), asked));
  });
  api.openapi(replay, async (c) => {
    const { from, to } = c.req.valid("json");
    const replayed = await rules.replay(deps, signedIn(c), {
      ...named(c.req.valid("param")),
      from: new Date(from),
      to: new Date(to),
      requestId: c.get("requestId"),
    });
    return reply(c, 200, Replay, replayed);
  });
  api.openapi(measure, async (c) => {
    const { days, version } = c.req.valid("query");
    const from = new Date(deps.now().getTime() - days * DAY_MS);
    const asked = { ...c.req.valid("param"), version, from };
    return reply(c, 200, Performance, await rules.measure(deps, signedIn(c), asked));
  });
  api.openapi(evaluate, async (c) => {
    const asked = {
      ...c.req.valid("param"),
      ...c.req.valid("json"),
      requestId: c.get("requestId"),
    };
    return reply(c, 200, Decided, await decide(deps, signedIn(c), asked));
  });

  return api;
}

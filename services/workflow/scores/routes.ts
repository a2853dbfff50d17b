/** How scores are reached over HTTP. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import { type Api, createApi, defineRoute, reply } from "@praxis/shared/http";
import { read } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import { ensureAllowed, judgeFor, labelOf } from "../stance/stance.ts";
import { ScoreAnswer, type ScoreDescription, ScoreInputs, ScoreList } from "./model.ts";
import { compute, findScore, scores, unknownInputs } from "./scores.ts";

const PATH = "/api/workflow/scores";

const listScores = defineRoute({
  permission: "decisions:evaluate",
  method: "get",
  path: PATH,
  tags: ["scores"],
  summary: "List the scores, what each needs and in which unit",
  request: {},
  responses: {
    200: { description: "OK", content: { "application/json": { schema: ScoreList } } },
  },
});
const computeScore = defineRoute({
  permission: "decisions:evaluate",
  method: "post",
  path: `${PATH}/{name}`,
  tags: ["scores"],
  summary: "Compute a score, or say what it cannot be told from",
  request: {
    params: z.object({ name: z.string().max(60).openapi({ example: "news2" }) }),
    body: { content: { "application/json": { schema: ScoreInputs } } },
  },
  responses: {
    200: { description: "OK", content: { "application/json": { schema: ScoreAnswer } } },
  },
});

export function scoreRoutes(deps: Deps): Api {
  const api = createApi();
  api.openapi(listScores, async (c) => {
    const { organizationId } = signedIn(c);
    const ask = await read(deps.sql, { organizationId }, (tx) => judgeFor(tx, organizationId));
    const items = scores.map((score): ScoreDescription => ({
      ...score,
      inputs: score.inputs.map((input) => ({
        ...input,
        isOptional: input.isOptional ?? false,
        range: "range" in input ? [...input.range] : undefined,
        options: "options" in input ? Object.keys(input.options) : undefined,
      })),
      intendedUse: labelOf(`score.${score.name}`),
      isAllowed: ask(`score.${score.name}`).isAllowed,
    }));
    return reply(c, 200, ScoreList, { items });
  });
  api.openapi(computeScore, async (c) => {
    const score = findScore(c.req.valid("param").name);
    if (!score) throw problem("score-not-found");
    const sent = c.req.valid("json");
    const unknown = unknownInputs(score, sent);
    if (unknown.length > 0) {
      const errors = unknown.slice(0, 20).map((name) => ({
        pointer: `/${name}`,
        detail: `${score.title} has no such input.`,
      }));
      throw common("invalid-request", { errors });
    }
    const { organizationId } = signedIn(c);
    const feature = `score.${score.name}`;
    const intendedUse = await ensureAllowed(deps, { organizationId, feature });
    return reply(c, 200, ScoreAnswer, { ...compute(score, sent, deps.now()), intendedUse });
  });
  return api;
}

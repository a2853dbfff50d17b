/** How the second step of a sign-in, passkeys, the step-up and another clinic are reached. */
import type { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import { createApi, defineRoute, reply } from "@praxis/shared/http";
import type { Context } from "hono";
import type { Deps } from "../deps.ts";
import { pseudonymOf } from "../derived_keys.ts";
import { PasskeyOptions, TotpSecret } from "../factors/model.ts";
import { expectWithinLimit } from "../limits.ts";
import { answerWith, NO_STORE, originOf } from "./answers.ts";
import {
  Challenged,
  MfaVerify,
  PasskeySignIn,
  proofOf,
  Reauthenticate,
  shortUserAgent,
  SwitchOrganization,
  Tokens,
} from "./model.ts";
import * as secondStep from "./second_step.ts";
import * as stepUp from "./step_up.ts";

const json = <T extends z.ZodType>(schema: T) => ({ "application/json": { schema } });
const open = { permission: "public" as const, method: "post" as const, tags: ["sessions"] };
const own = { permission: "signed-in" as const, method: "post" as const, tags: ["sessions"] };
const tokens = { 200: { description: "Signed in", content: json(Tokens) } };
const options = { 200: { description: "OK", content: json(PasskeyOptions) } };
const body = <T extends z.ZodType>(schema: T) => ({
  body: { required: true, content: json(schema) },
});

const mfaChallenge = defineRoute({
  ...open,
  path: "/auth/mfa/challenge",
  summary: "Get what a browser needs to show a passkey as the second factor",
  request: body(Challenged),
  responses: options,
});
const mfaEnrol = defineRoute({
  ...open,
  path: "/auth/mfa/enrol",
  summary: "Get a secret for an authenticator app, when the clinic asks for a first factor",
  request: body(Challenged),
  responses: { 201: { description: "Shown once", content: json(TotpSecret) } },
});
const mfaEnrolPasskey = defineRoute({
  ...open,
  path: "/auth/mfa/enrol/passkey",
  summary: "Get what a browser needs to make a passkey, when the clinic asks for one",
  description: "Send what it made as `newPasskey` to /auth/mfa/verify, beside a proof of the " +
    "factor that one has.",
  request: body(Challenged),
  responses: options,
});
const mfaVerify = defineRoute({
  ...open,
  path: "/auth/mfa/verify",
  summary: "Finish a sign-in with the second factor",
  request: body(MfaVerify),
  responses: tokens,
});
const passkeyOptions = defineRoute({
  ...open,
  path: "/auth/passkeys/options",
  summary: "Get what a browser needs to sign in with a passkey alone",
  responses: options,
});
const passkeyVerify = defineRoute({
  ...open,
  path: "/auth/passkeys/verify",
  summary: "Sign in with a passkey alone",
  request: body(PasskeySignIn),
  responses: tokens,
});
const stepUpOptions = defineRoute({
  ...own,
  path: "/auth/reauthenticate/options",
  summary: "Get what a browser needs to step up with a passkey",
  responses: options,
});
const reauthenticate = defineRoute({
  ...own,
  path: "/auth/reauthenticate",
  summary: "Prove that it is you: new tokens, and the old ones end",
  request: body(Reauthenticate),
  responses: tokens,
});
const switchOrganization = defineRoute({
  ...own,
  path: "/auth/switch-organization",
  summary: "Go on in another clinic of yours: new tokens, and the old ones end",
  request: body(SwitchOrganization),
  responses: tokens,
});

/** Strangers' challenges cost a row each. */
const OPTIONS_LIMIT = { limit: 60, seconds: 60 };

export function sessionFactorRoutes(deps: Deps) {
  const api = createApi();
  const factsOf = (c: Context) => ({
    requestId: c.get("requestId") as string,
    userAgent: shortUserAgent(c.req.header("user-agent")),
  });

  api.openapi(mfaChallenge, async (c) => {
    const { challengeId } = c.req.valid("json");
    const { userAgent } = factsOf(c);
    const found = await secondStep.passkeyOptions(deps, { challengeId, userAgent });
    return reply(c, 200, PasskeyOptions, { challengeId, options: found }, NO_STORE);
  });

  api.openapi(mfaEnrol, async (c) => {
    const { challengeId } = c.req.valid("json");
    const { userAgent } = factsOf(c);
    const offered = await secondStep.offerFactor(deps, { challengeId, userAgent });
    return reply(c, 201, TotpSecret, offered, NO_STORE);
  });

  api.openapi(mfaEnrolPasskey, async (c) => {
    const { challengeId } = c.req.valid("json");
    const { userAgent } = factsOf(c);
    const found = await secondStep.offerPasskey(deps, { challengeId, userAgent });
    return reply(c, 200, PasskeyOptions, { challengeId, options: found }, NO_STORE);
  });

  api.openapi(mfaVerify, async (c) => {
    const { challengeId, newPasskey, ...given } = c.req.valid("json");
    const input = { challengeId, newPasskey, proof: proofOf(given) };
    const passed = await secondStep.pass(deps, input, factsOf(c), originOf(c));
    return answerWith(c, deps, passed.client, passed);
  });

  api.openapi(passkeyOptions, async (c) => {
    const facts = factsOf(c);
    const address = pseudonymOf(deps.encryptionKey, originOf(c).address);
    await expectWithinLimit(deps, `passkey-options:${address}`, OPTIONS_LIMIT);
    const found = await secondStep.passkeySignInOptions(deps, facts);
    return reply(c, 200, PasskeyOptions, found, NO_STORE);
  });

  api.openapi(passkeyVerify, async (c) => {
    const input = c.req.valid("json");
    const grant = await secondStep.passWithPasskey(deps, input, factsOf(c), originOf(c));
    return answerWith(c, deps, input.client, grant);
  });

  api.openapi(stepUpOptions, async (c) => {
    const found = await stepUp.passkeyOptions(deps, signedIn(c), factsOf(c));
    return reply(c, 200, PasskeyOptions, found, NO_STORE);
  });

  api.openapi(reauthenticate, async (c) => {
    const input = c.req.valid("json");
    const renewed = await stepUp.reauthenticate(deps, signedIn(c), input, factsOf(c));
    return answerWith(c, deps, renewed.client, renewed);
  });

  api.openapi(switchOrganization, async (c) => {
    const { organizationId } = c.req.valid("json");
    const facts = factsOf(c);
    const renewed = await stepUp.switchOrganization(deps, signedIn(c), organizationId, facts);
    return answerWith(c, deps, renewed.client, renewed);
  });

  return api;
}

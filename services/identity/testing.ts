/** Identity on a fresh database with the demo data in it, and a clock that moves when told. */
import { createHash } from "node:crypto";
import { createIdentify, createTokenVerifier } from "@praxis/shared/auth";
import type { Api } from "@praxis/shared/http";
import type { Log } from "@praxis/shared/telemetry";
import { openTestService, type TestService } from "@praxis/shared/testing";
import { createApp } from "./app.ts";
import { createHasher } from "./credentials/hasher.ts";
import type { Hasher } from "./credentials/model.ts";
import { createStrength } from "./credentials/strength.ts";
import { DEMO_PASSWORD, writeDemoData } from "./demo_data.ts";
import type { Deps } from "./deps.ts";
import { createKeys, newSigningKey } from "./keys/keys.ts";
import type { SigningKey } from "./keys/model.ts";
import { createBell } from "./revocations/bell.ts";
import { newest } from "./revocations/revocations.ts";
import { createAdmission } from "./sessions/admission.ts";
import { createCredits } from "./sessions/attempts.ts";
import { createOwnStanding } from "./sessions/sessions.ts";

export const PUBLIC_URL = "https://clinic.example";
export const SERVICE_CREDENTIAL = "the content service's credential in tests";
const NOON = new Date("2026-01-05T12:00:00Z");

export { newSigningKey };

export type Tokens = { accessToken: string; refreshToken: string };

export type TestIdentity = AsyncDisposable & {
  app: Api;
  deps: Deps;
  service: TestService;
  signingKey: SigningKey;
  /** Lets time pass. */
  pass(seconds: number): void;
  /** How often argon2 was asked so far. */
  hashCalls(): number;
  /** The events of the errors logged so far. */
  errors: string[];
  /** JSON, unless `body` is a string already. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  get(path: string, accessToken?: string): Promise<Response>;
  /** The letters asked for so far, oldest first. */
  mails(): Promise<{ to: string; template: string; variables: Record<string, string> }[]>;
  /** The token of the newest letter of this kind to this address. */
  mailedToken(to: string, template: string): Promise<string>;
  /** Signs in a demo user, such as `nurse@demo`, as a program. */
  signIn(who: string): Promise<Tokens>;
};

export async function openIdentity(
  replace: (deps: Deps) => Partial<Deps> = () => ({}),
  { connectionsMax }: { connectionsMax?: number } = {},
): Promise<TestIdentity> {
  let at = NOON;
  const now = () => at;
  const folder = new URL("./migrations/", import.meta.url);
  const service = await openTestService({
    service: "identity",
    folder,
    now,
    ...(connectionsMax === undefined ? {} : { connectionsMax }),
  });
  const signingKey = newSigningKey("first");
  const encryptionKey = crypto.randomUUID();
  const keys = createKeys({ sql: service.deps.sql, now, encryptionKey }, [
    signingKey,
    newSigningKey("second"),
  ]);
  const errors: string[] = [];
  const log: Log = { info: () => {}, error: (event) => void errors.push(event) };
  const real = createHasher();
  let calls = 0;
  const hasher: Hasher = {
    hash: (password) => (calls++, real.hash(password)),
    verify: (hash, password) => (calls++, real.verify(hash, password)),
  };
  // However busy the machine is that tests.
  const strength = createStrength({ timeMs: 30_000 });
  const bell = createBell({ newest: () => newest(service.deps.sql), log });
  const given: Deps = {
    ...service.deps,
    log,
    keys,
    tokens: createTokenVerifier({ issuer: PUBLIC_URL, keys: keys.resolve, now }),
    hasher,
    strengthOf: strength.strengthOf,
    bell,
    admission: createAdmission(),
    credits: createCredits({ redis: service.deps.redis, log }),
    encryptionKey,
    credentialHashes: {
      content: createHash("sha256").update(SERVICE_CREDENTIAL).digest("hex"),
    },
    publicUrl: PUBLIC_URL,
    region: "eu",
  };
  const deps: Deps = { ...given, ...replace(given) };
  await writeDemoData({ ...deps, hasher: real });
  const ownIdentify = createIdentify({
    service: "identity",
    contextKey: crypto.randomUUID(),
    tokens: deps.tokens,
    standing: createOwnStanding(deps),
    now,
  });
  const app = createApp(deps, {
    log,
    async identify(request) {
      const actor = await ownIdentify(request);
      return actor.kind === "anonymous" ? await service.identify(request) : actor;
    },
  });
  const post: TestIdentity["post"] = async (path, body, headers = {}) =>
    await app.request(path, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: { "content-type": "application/json", ...headers },
    });
  const mails: TestIdentity["mails"] = async () => {
    const rows = await service.owner`
      select event -> 'data' as data from outbox_events
      where event ->> 'type' = 'mail.requested' order by seq`;
    return rows.map((row) => row.data);
  };
  return {
    app,
    deps,
    service,
    signingKey,
    pass(seconds) {
      at = new Date(at.getTime() + seconds * 1000);
    },
    hashCalls: () => calls,
    errors,
    post,
    get: async (path, accessToken) =>
      await app.request(
        path,
        accessToken ? { headers: { authorization: `Bearer ${accessToken}` } } : {},
      ),
    mails,
    async mailedToken(to, template) {
      const mail = (await mails()).findLast((one) => one.to === to && one.template === template);
      const token = mail?.variables.link?.split("#token=")[1];
      if (!token) throw new Error(`no ${template} was sent to ${to}`);
      return token;
    },
    async signIn(who) {
      const email = `${who}.praxis.test`;
      const response = await post("/auth/login", { email, password: DEMO_PASSWORD, client: "api" });
      if (response.status !== 200) throw new Error(`${who} cannot sign in (${response.status})`);
      return await response.json();
    },
    async [Symbol.asyncDispose]() {
      bell.stop();
      strength.close();
      await deps.credits.settle();
      await service[Symbol.asyncDispose]();
    },
  };
}

/** The access token of someone without a second factor who signed in and proved themselves again. */
export async function steppedUp(identity: TestIdentity, who: string): Promise<string> {
  const { accessToken } = await identity.signIn(who);
  const response = await identity.post(
    "/auth/reauthenticate",
    { password: DEMO_PASSWORD, acr: "aal1" },
    { authorization: `Bearer ${accessToken}` },
  );
  if (response.status !== 200) throw new Error(`${who} cannot step up (${response.status})`);
  return (await response.json()).accessToken;
}

/** Google's token endpoint and FCM's HTTP v1, as their clients see them. */
import { createPublicKey, verify } from "node:crypto";
import { z } from "zod";
import { answer, type Simulator } from "./model.ts";

const Send = z.object({
  message: z.looseObject({
    token: z.string(),
    notification: z.object({ title: z.string(), body: z.string() }).partial().optional(),
    data: z.record(z.string(), z.string()).optional(),
  }),
});
const Claims = z.object({ iss: z.string(), scope: z.string(), iat: z.number(), exp: z.number() });

/** A device that was wiped. */
const GONE = /^gone-/;
const MESSAGING = "https://www.googleapis.com/auth/firebase.messaging";

const failure = (code: number, status: string, errorCode: string) =>
  answer(code, {
    error: {
      code,
      status,
      message: status,
      details: [{
        "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError",
        errorCode,
      }],
    },
  });

const decode = (part: string) =>
  new TextDecoder().decode(Uint8Array.fromBase64(part, { alphabet: "base64url" }));

export function createFcm(): Simulator {
  const tokens = new Set<string>();
  return (simulation, { method, path, headers, body }) => {
    if (method === "POST" && path === "/token") {
      const assertion = new URLSearchParams(body).get("assertion") ?? "";
      const [header = "", payload = "", signature = ""] = assertion.split(".");
      const claims = Claims.safeParse(payload ? JSON.parse(decode(payload)) : undefined);
      const refuse = (error: string) => answer(400, { error });
      if (!claims.success || !claims.data.scope.split(" ").includes(MESSAGING)) {
        return refuse("invalid_scope");
      }
      const { iss, iat, exp } = claims.data;
      if (exp - iat > 3_600) return refuse("invalid_grant");
      const publicKey = simulation.secretOf("fcm", iss);
      if (publicKey !== undefined) {
        const isGenuine = verify(
          "RSA-SHA256",
          new TextEncoder().encode(`${header}.${payload}`),
          createPublicKey(publicKey),
          Uint8Array.fromBase64(signature, { alphabet: "base64url" }),
        );
        if (!isGenuine) return refuse("invalid_grant");
      }
      const token = `ya29.${crypto.randomUUID()}`;
      tokens.add(token);
      return answer(200, { access_token: token, expires_in: 3_599, token_type: "Bearer" });
    }
    const token = headers.get("authorization")?.match(/^Bearer (.+)$/)?.[1];
    if (!token || !tokens.has(token)) {
      return failure(401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR");
    }
    const [, project] = path.match(/^\/v1\/projects\/([a-z0-9-]+)\/messages:send$/) ?? [];
    if (method !== "POST" || !project) return failure(404, "NOT_FOUND", "INVALID_ARGUMENT");
    const send = Send.safeParse(JSON.parse(body));
    if (!send.success || body.length > 4_096) {
      return failure(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT");
    }
    const { token: to, notification = {}, data = {} } = send.data.message;
    if (GONE.test(to)) return failure(404, "NOT_FOUND", "UNREGISTERED");
    const { id } = simulation.take({
      provider: "fcm",
      channel: "push",
      from: project,
      to,
      subject: notification.title ?? "",
      text: notification.body ?? "",
      headers: data,
    });
    return answer(200, { name: `projects/${project}/messages/${id}` });
  };
}

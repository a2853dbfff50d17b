/** The providers' own packages drive the stand-ins: we do not grade ourselves. */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { createHash, generateKeyPairSync } from "node:crypto";
import sendgridMail from "@sendgrid/mail";
import { JWT } from "google-auth-library";
import Mailgun from "mailgun.js";
import { Resend } from "resend";
import { Webhook } from "standardwebhooks";
import { after, before, describe, it } from "@std/testing/bdd";
import twilio from "twilio";
import { mailgunSignature } from "../simulators/mail_providers.ts";
import { createSimulators, PREFIX, type Simulators } from "../simulators/simulators.ts";
import type { Account, Calls, Outgoing } from "./model.ts";
import {
  isSignedByMailgun,
  isSignedBySendgrid,
  isSignedByStandard,
  isSignedByTwilio,
  providers,
  signTwilio,
} from "./providers.ts";
import { signOvh } from "./ovh.ts";

const ACCOUNT_SID = "AC" + "a".repeat(32);

describe("stand-ins", () => {
  let simulators: Simulators;
  let server: Deno.HttpServer<Deno.NetAddr>;
  let url: string;
  let callbacks: { url: string; body: string; signature: string }[];

  before(() => {
    callbacks = [];
    simulators = createSimulators({
      async callBack(request) {
        const signature = request.headers.get("x-twilio-signature") ?? "";
        callbacks.push({ url: request.url, body: await request.text(), signature });
        return new Response(null, { status: 204 });
      },
    });
    server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      (request) => simulators.handle(request) ?? new Response(null, { status: 404 }),
    );
    url = `http://127.0.0.1:${server.addr.port}${PREFIX}`;
  });
  after(() => server.shutdown());

  const last = () => simulators.taken.at(-1)!;

  it("Resend: its package sends, repeats under a key, and is told what is wrong", async () => {
    const client = new Resend("re_only_for_tests", { baseUrl: `${url}/resend` });
    const mail = { from: "a@clinic.example", to: ["b@x.example"], subject: "Hé", text: "Hello" };
    const options = { idempotencyKey: crypto.randomUUID() };
    const first = await client.emails.send(mail, options);
    const again = await client.emails.send(mail, options);
    equal(first.data?.id, last().id);
    equal(again.data?.id, first.data?.id);
    const other = await client.emails.send({ ...mail, text: "Other" }, options);
    equal(other.error?.name as string, "invalid_idempotent_request");
    const bad = await client.emails.send({ ...mail, to: ["no address"] });
    equal(bad.error?.statusCode, 422);
    simulators.fail("resend", "429", 1);
    const limited = await client.emails.send(mail);
    equal(limited.headers?.["retry-after"], "7");
    const stranger = await new Resend("short", { baseUrl: `${url}/resend` }).emails.send(mail);
    equal(stranger.error?.statusCode, 401);
  });

  it("SendGrid: its package sends, and our own adapter's message looks the same to it", async () => {
    sendgridMail.setApiKey("SG.only-for-tests");
    // deno-lint-ignore no-explicit-any
    (sendgridMail as any).client.setDefaultRequest("baseUrl", `${url}/sendgrid/`);
    const [response] = await sendgridMail.send({
      from: "a@clinic.example",
      to: "b@x.example",
      subject: "Hello",
      text: "Words",
      customArgs: { delivery_id: "one" },
    });
    equal(response.statusCode, 202);
    equal(response.headers["x-message-id"], last().id);
    deepEqual([last().to, last().text, last().headers.delivery_id], [
      "b@x.example",
      "Words",
      "one",
    ]);
    simulators.fail("sendgrid", "500", 1);
    await rejects(
      sendgridMail.send({ from: "a@b.example", to: "c@d.example", text: "x", subject: "y" }),
    );
  });

  it("Mailgun: its package sends, and finds what was sent", async () => {
    const client = new Mailgun.default(FormData).client({
      username: "api",
      key: "key-only-for-tests",
      url: `${url}/mailgun`,
    });
    const sent = await client.messages.create("mg.clinic.example", {
      from: "a@clinic.example",
      to: "b@x.example",
      subject: "Hello",
      text: "Words",
      "h:Message-Id": "<one@praxis>",
    });
    equal(sent.status, 200);
    equal(sent.id, "<one@praxis>");
    equal(last().text, "Words");
    const events = await client.events.get("mg.clinic.example", { "message-id": "one@praxis" });
    equal(events.items.length, 1);
  });

  it("Twilio: its package sends and lists; its own check believes our callbacks", async () => {
    const httpClient = new twilio.RequestClient();
    const request = httpClient.request.bind(httpClient);
    httpClient.request = (options) =>
      request({ ...options, uri: options.uri.replace("https://api.twilio.com", `${url}/twilio`) });
    const client = twilio(ACCOUNT_SID, "a-token-for-tests", { httpClient });
    const message = await client.messages.create({
      to: "+33612345678",
      from: "+15005550006",
      body: "Hello",
      statusCallback: "https://clinic.example/hooks/twilio/one/status?delivery=two",
    });
    equal(message.sid, last().id);
    const listed = await client.messages.list({ to: "+33612345678", limit: 5 });
    deepEqual(listed.map(({ sid, body }) => [sid, body]), [[message.sid, "Hello"]]);
    await simulators.settle();
    equal(callbacks.length, 2);
    for (const { url, body, signature } of callbacks) {
      const form = new URLSearchParams(body);
      ok(twilio.validateRequest("a-token-for-tests", signature, url, Object.fromEntries(form)));
      ok(isSignedByTwilio({ authToken: "a-token-for-tests", url, form, signature }));
    }
    await rejects(client.messages.create({ to: "+15005550004", from: "+1500", body: "x" }), {
      code: 21610,
    });
  });

  it("FCM: Google's own library gets a token and sends; another key gets none", async () => {
    const pair = () =>
      generateKeyPairSync("rsa", {
        modulusLength: 2048,
        privateKeyEncoding: { type: "pkcs8", format: "pem" },
        publicKeyEncoding: { type: "spki", format: "pem" },
      });
    const [ours, theirs] = [pair(), pair()];
    const email = "push@praxis.example";
    simulators.register("fcm", email, ours.publicKey);
    const scopes = ["https://www.googleapis.com/auth/firebase.messaging"];
    const clientOf = (key: string) => {
      const client = new JWT({ email, key, scopes });
      const { transporter } = client;
      const request = transporter.request.bind(transporter);
      // Its token address is fixed: what it would send there is sent to the stand-in.
      transporter.request = ((options: { url: URL | string }) =>
        request({
          ...options,
          url: String(options.url).replace("https://oauth2.googleapis.com", `${url}/fcm`),
        })) as typeof transporter.request;
      return client;
    };
    const send = (key: string, token: string) =>
      clientOf(key).request<{ name: string }>({
        url: `${url}/fcm/v1/projects/praxis-tests/messages:send`,
        method: "POST",
        data: { message: { token, notification: { title: "T", body: "B" } } },
      });
    await rejects(send(theirs.privateKey, "device-1"), { status: 400 });
    const { data } = await send(ours.privateKey, "device-1");
    equal(data.name, `projects/praxis-tests/messages/${last().id}`);
    await rejects(send(ours.privateKey, "gone-device"), { status: 404 });
    equal(last().text, "B");
    const account = {
      id: crypto.randomUUID(),
      settings: { projectId: "praxis-tests", clientEmail: email },
      region: "eu",
    };
    const result = (privateKey: string) =>
      providers.fcm.send(calls(), { ...account, secrets: { privateKey } }, outgoing("device-1"));
    equal((await result(ours.privateKey)).outcome, "accepted");
    equal((await result(theirs.privateKey)).outcome, "config");
  });

  const calls = (): Calls => ({
    baseUrlOf: (provider) => `${url}/${provider}`,
    tokenUrl: `${url}/fcm/token`,
    timeoutMs: 2_000,
    now: () => new Date(),
  });
  const outgoing = (to: string): Outgoing => ({
    deliveryId: crypto.randomUUID(),
    to,
    content: { subject: "Subject", text: "Text" },
    callbackUrl: "https://clinic.example/hooks",
  });

  it("OVH: the signature is the one of its published guide's recipe, and a wrong one is refused", async () => {
    const secrets = {
      applicationSecret: "EXEgWIz07P0HYwtQDs7cNIqCiQaWSuHF",
      consumerKey: "MtSwSrPpNjqfVSmJhLbPyr2i45lSwPU1",
    };
    simulators.register("ovh", "app-key", secrets.applicationSecret);
    const account: Account = {
      id: crypto.randomUUID(),
      settings: { applicationKey: "app-key", serviceName: "sms-ab12345-1", sender: "Clinic" },
      secrets,
      region: "eu",
    };
    equal(
      (await providers.ovh.send(calls(), account, outgoing("+33612345678"))).outcome,
      "accepted",
    );
    const forged = { ...account, secrets: { ...secrets, applicationSecret: "another one" } };
    equal((await providers.ovh.send(calls(), forged, outgoing("+33612345678"))).outcome, "config");
    const bad = await providers.ovh.send(calls(), account, outgoing("+15005550001"));
    ok(bad.outcome === "permanent" && bad.isAddressBad);
    const parts = {
      ...secrets,
      method: "GET",
      url: "https://eu.api.ovh.com/1.0/domains/",
      body: "",
      timestamp: 1366560945,
    };
    const text =
      `${secrets.applicationSecret}+${secrets.consumerKey}+GET+https://eu.api.ovh.com/1.0/domains/++1366560945`;
    equal(signOvh(parts), "$1$" + createHash("sha1").update(text).digest("hex"));
  });
});

describe("signatures", () => {
  it("of Twilio fit the published example", () => {
    // https://www.twilio.com/docs/usage/security#validating-requests
    const url = "https://example.com/myapp.php?foo=1&bar=2";
    const form = new URLSearchParams({
      CallSid: "CA1234567890ABCDE",
      Caller: "+12349013030",
      Digits: "1234",
      From: "+12349013030",
      To: "+18005551212",
    });
    const signature = signTwilio("12345", url, form);
    ok(twilio.validateRequest("12345", signature, url, Object.fromEntries(form)));
    const http = url.replace("https", "http");
    equal(isSignedByTwilio({ authToken: "12345", url: http, form, signature }), false);
    equal(isSignedByTwilio({ authToken: "12345", url, form, signature: null }), false);
  });

  it("of SendGrid fit the vector of its own tests, and nothing else", () => {
    // https://github.com/sendgrid/sendgrid-nodejs/blob/main/packages/eventwebhook/src/eventwebhook.spec.js
    const publicKey =
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==";
    const headers = (signature: string) =>
      new Headers({
        "x-twilio-email-event-webhook-signature": signature,
        "x-twilio-email-event-webhook-timestamp": "1600112502",
      });
    const signature =
      "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=";
    const events = [{
      email: "hello@world.com",
      event: "dropped",
      reason: "Bounced Address",
      sg_event_id: "ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA",
      sg_message_id: "LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",
      "smtp-id": "<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>",
      timestamp: 1600112492,
    }];
    const body = new TextEncoder().encode(JSON.stringify(events) + "\r\n");
    const check = (given: Headers, bytes: Uint8Array) =>
      isSignedBySendgrid({ publicKey, headers: given, body: bytes, now: undefined });
    ok(check(headers(signature), body));
    equal(check(headers(signature), body.slice(0, -2)), false, "re-serialised");
    equal(check(headers(signature.replace("MEUC", "MEUD")), body), false);
    equal(check(new Headers(), body), false);
  });

  it("of Standard Webhooks fit its own library, both ways", () => {
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const now = new Date(1614265330_000);
    const body = '{"test": 2432232314}';
    const signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    const check = (id: string, given: string, at = now) =>
      isSignedByStandard({
        secret,
        headers: new Headers({
          "webhook-id": id,
          "webhook-timestamp": "1614265330",
          "webhook-signature": given,
        }),
        body: new TextEncoder().encode(body),
        now: at,
      });
    const id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    equal(new Webhook(secret).sign(id, now, body), signature);
    ok(check(id, signature));
    ok(check(id, `v1,AAAA ${signature}`), "one of several");
    equal(check("msg_other", signature), false);
    equal(check(id, signature.replace("v1,", "v1a,")), false);
    equal(check(id, signature, new Date(now.getTime() + 301_000)), false);
  });

  it("of Mailgun are of one moment", () => {
    const now = new Date(1_700_000_000_000);
    const signature = mailgunSignature("key", now, "a".repeat(50));
    const check = (signingKey: string, given = signature, at = now) =>
      isSignedByMailgun({ signingKey, signature: given, now: at });
    ok(check("key"));
    equal(check("another key"), false);
    equal(check("key", { ...signature, token: "b".repeat(50) }), false);
    equal(check("key", signature, new Date(now.getTime() + 301_000)), false);
  });
});

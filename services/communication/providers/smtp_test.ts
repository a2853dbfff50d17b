/** An organization's own mail server: encrypted, checked, outside, or not at all. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { SMTPServer } from "smtp-server";
import { after, before, describe, it } from "@std/testing/bdd";
import { newId } from "@praxis/shared/id";
import { isInside, isPlainlyInside, type Place, placeOf } from "@praxis/shared/outward";
import { openCommunication } from "../testing.ts";
import type { Calls, Outgoing } from "./model.ts";
import { closeTransports, smtp } from "./smtp.ts";
import { makeCertificate } from "../certificate_testing.ts";

const outgoing: Outgoing = {
  deliveryId: newId(),
  to: "ada@patients.example",
  content: { subject: "Hello", text: "Words" },
  callbackUrl: "",
};

type Seen = { commands: string[]; letters: number; isSecure: boolean[]; user: string | undefined };

describe("an organization's own mail server", () => {
  let certificate: Awaited<ReturnType<typeof makeCertificate>>;
  const servers: SMTPServer[] = [];
  before(async () => {
    certificate = await makeCertificate("mail.clinic.example");
  });
  after(async () => {
    closeTransports();
    for (const server of servers) await new Promise<void>((done) => server.close(() => done()));
  });

  async function open(options: Record<string, unknown>): Promise<{ port: number; seen: Seen }> {
    const seen: Seen = { commands: [], letters: 0, isSecure: [], user: undefined };
    const server = new SMTPServer({
      authOptional: true,
      logger: false,
      ...options,
      onAuth(auth, session, done) {
        seen.user = auth.username;
        seen.isSecure.push(session.secure);
        done(null, { user: auth.username });
      },
      onData(stream, session, done) {
        seen.letters++;
        seen.isSecure.push(session.secure);
        stream.on("end", () => done());
        stream.resume();
      },
    });
    servers.push(server);
    // What a client that breaks off leaves behind is no fault here.
    server.on("error", () => {});
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const address = server.server.address();
    return { port: typeof address === "object" ? address!.port : 0, seen };
  }
  const here = (): Promise<Place> => Promise.resolve({ address: "127.0.0.1" });
  const calls = (change: Partial<Calls> = {}): Calls => ({
    baseUrlOf: () => "smtp://127.0.0.1:1",
    tokenUrl: "",
    timeoutMs: 5_000,
    now: () => new Date(),
    resolve: here,
    tlsCa: certificate.authority,
    ...change,
  });
  const account = (url: string) => ({
    id: newId(),
    region: "eu",
    settings: { from: "clinic@clinic.example", url, user: "clinic" },
    secrets: { password: "only-for-tests" },
  });

  it("is spoken to by STARTTLS or TLS from the start, and signed in to after that only", async () => {
    const { key, cert } = certificate;
    for (
      const [protocol, options] of [
        ["smtp", { key, cert }],
        ["smtps", { key, cert, secure: true }],
      ] as const
    ) {
      const { port, seen } = await open(options);
      const url = `${protocol}://mail.clinic.example:${port}`;
      const result = await smtp.send(calls(), account(url), outgoing);
      equal(result.outcome, "accepted", JSON.stringify(result));
      deepEqual([seen.letters, seen.user, seen.isSecure], [1, "clinic", [true, true]], protocol);
    }
  });

  it("gets neither a letter nor a password without a certificate for its name", async () => {
    const { key, cert } = certificate;
    const plain = await open({ disabledCommands: ["STARTTLS"] });
    const other = await open({ key, cert });
    const unknown = await open({ key, cert });
    const tries = [
      [`smtp://mail.clinic.example:${plain.port}`, calls()],
      [`smtp://other.example:${other.port}`, calls()],
      [`smtp://mail.clinic.example:${unknown.port}`, { ...calls(), tlsCa: "" }],
    ] as const;
    for (const [url, given] of tries) {
      const { outcome } = await smtp.send(given, account(url), outgoing);
      ok(outcome === "transient" || outcome === "config", `${url} was ${outcome}`);
    }
    for (const { seen } of [plain, other, unknown]) {
      deepEqual([seen.letters, seen.user], [0, undefined]);
    }
  });

  it("inside the network is not looked at, by whatever name it goes", async () => {
    const refused = async (hostname: string, answers: string[]) =>
      await placeOf(hostname, () => Promise.resolve(answers));
    deepEqual(await refused("mail.example", ["8.8.8.8"]), { address: "8.8.8.8" });
    deepEqual(await refused("mail.example", []), { refused: "unknown" });
    for (
      const answers of [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:7f00:1"], ["fd00::1"]]
    ) {
      deepEqual(await refused("mail.example", answers), { refused: "inside" });
    }
    deepEqual(await refused("[::1]", ["8.8.8.8"]), { refused: "inside" }, "an address is itself");
    for (
      const host of ["localhost", "mail", "a.internal", "[::ffff:7f00:1]", "10.1.2.3", "x.local."]
    ) {
      ok(isPlainlyInside(host), host);
    }
    ok(isInside("64:ff9b::a00:1") && isInside("2002:7f00:1::") && isInside("no address"));
    const { port, seen } = await open({ key: certificate.key, cert: certificate.cert });
    const inside = { ...calls(), resolve: (name: string) => refused(name, ["127.0.0.1"]) };
    const url = `smtp://rebound.example:${port}`;
    deepEqual(await smtp.send(inside, account(url), outgoing), {
      outcome: "config",
      detail: "not a public address",
    });
    equal(seen.letters, 0);
  });

  it("is refused when it is set up with a wrong port, inside, in the clear or with a password to be seen", async () => {
    await using t = await openCommunication();
    const clinic = newId();
    const add = async (url: string) => {
      const { status, json } = await t.send(clinic, "POST", "/provider-accounts", {
        provider: "smtp",
        name: url.slice(0, 80),
        settings: { from: "clinic@clinic.example", url },
        secrets: { password: "only-for-tests" },
      });
      ok(!JSON.stringify(json).includes("only-for-tests"));
      return status;
    };
    for (const url of ["smtps://mail.clinic.example", "smtp://mail.clinic.example:2525"]) {
      equal(await add(url), 201, url);
    }
    for (
      const url of [
        "smtp://mail.clinic.example:25",
        "smtps://mail.clinic.example:6379",
        "smtps://127.0.0.1",
        "smtps://[::1]",
        "smtps://[::ffff:127.0.0.1]:465",
        "smtps://localhost",
        "smtps://clinic:secret@mail.clinic.example",
        "http://mail.clinic.example",
        "smtps://",
      ]
    ) equal(await add(url), 422, url);
  });
});

/** Letters in development: as text, once each, over the wire, and never in production. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { PLATFORM } from "@praxis/shared/audit";
import type { EventEnvelope } from "@praxis/shared/events";
import { newId } from "@praxis/shared/id";
import { describe, it } from "@std/testing/bdd";
import { platformAccounts } from "../accounts/platform.ts";
import type { Config } from "../config.ts";
import {
  addPatient,
  NOON,
  openCommunication,
  reminder,
  type TestCommunication,
} from "../testing.ts";
import { keepTaken } from "./mailbox.ts";
import { write } from "./model.ts";
import { createSender } from "./sender.ts";
import { startSink } from "./sink.ts";

const LINK = "https://clinic.example/verify-email#token=eu_abc";

const asked = (data: Record<string, unknown> = {}): EventEnvelope => ({
  specversion: "1.0",
  id: newId(),
  source: "/identity",
  type: "mail.requested",
  subject: newId(),
  time: NOON.toISOString(),
  datacontenttype: "application/json",
  dataversion: 1,
  organizationid: PLATFORM,
  data: {
    to: "ada@new.example",
    template: "email-verification",
    locale: "en",
    variables: { link: LINK },
    ...data,
  },
});

describe("mailbox", () => {
  it("shows letters in development, once each, as text and as a harmless page", async () => {
    await using t = await openCommunication();
    const event = asked();
    for (let time = 0; time < 2; time++) equal((await t.tell(event, "identity")).status, 204);
    const variables = { userAgent: "<b>Ada</b>\r\nBcc: x@y.example" };
    const device = { to: "bo@new.example", template: "new-device", variables };
    await t.tell(asked(device), "identity");
    const path = "/api/communication/mailbox";
    const list = await (await t.app.request(`${path}?to=ada@new.example`)).json();
    equal(list.items.length, 1);
    ok(list.items[0].body.includes(LINK));
    equal((await (await t.app.request(path)).json()).items.length, 2);
    const page = await t.app.request(`${path}/page`);
    ok(page.headers.get("content-security-policy")!.startsWith("default-src 'none'"));
    const html = await page.text();
    ok(html.includes("&lt;b&gt;Ada") && !html.includes("<b>"));
    ok(html.includes(`<a href="${LINK}">`));
  });

  it("does not exist in production, and keeps nothing there", async () => {
    await using t = await openCommunication({ mail: { isKept: false } });
    equal((await t.tell(asked(), "identity")).status, 204);
    for (const path of ["/api/communication/mailbox", "/api/communication/mailbox/page"]) {
      equal((await t.app.request(path)).status, 404);
    }
    equal((await t.service.owner`select 1 from mails`).length, 0);
  });

  it("refuses what is no letter", async () => {
    await using t = await openCommunication();
    for (
      const data of [
        { to: "a@b.example, c@d.example" },
        { to: "a@b.example\r\nBcc: c@d.example" },
        { template: "constructor" },
        { variables: { link: 1 } },
      ]
    ) equal((await t.tell(asked(data), "identity")).status, 422, JSON.stringify(data));
  });

  it("fills in variables as text, on their line", () => {
    const { body } = write({
      to: "a@b.example",
      template: "new-device",
      locale: "en",
      variables: { userAgent: "{link} A\nB", link: LINK },
    });
    ok(body.includes("{link} A B") && !body.includes(LINK));
  });

  it("hands letters to a real mail server; one that is away makes the event come again", async () => {
    const sink = await startSink({ port: 0 });
    const sender = createSender({
      url: `smtp://127.0.0.1:${sink.port}`,
      from: "Praxis <no-reply@praxis.test>",
    });
    await using t = await openCommunication({ mail: { isKept: true, sender } });
    equal((await t.tell(asked(), "identity")).status, 204);
    const [mail] = sink.mails;
    deepEqual([mail!.from, mail!.to], ["no-reply@praxis.test", ["ada@new.example"]]);
    equal(mail!.subject, "Confirm your e-mail address");
    ok(mail!.text.includes(LINK));
    sender.close();
    await sink.close();
    const gone = createSender({ url: `smtp://127.0.0.1:${sink.port}`, from: "a@b.example" });
    await using away = await openCommunication({ mail: { isKept: true, sender: gone } });
    const response = await away.tell(asked(), "identity");
    equal(response.status, 503);
    equal((await away.service.owner`select 1 from mails`).length, 0);
    gone.close();
  });

  it("shows what the pipeline sent by SMTP: the letter came over the wire", async () => {
    const kept = Promise.withResolvers<void>();
    const sink = await startSink({
      port: 0,
      onMail: ({ to, ...mail }) => {
        const taken = { ...mail, to: to.join(", "), channel: "email" as const, at: "2026-01-05" };
        keepTaken(t.deps, taken).then(kept.resolve, kept.reject);
      },
    });
    const accounts = platformAccounts(
      {
        PRAXIS_ENV: "development",
        PRAXIS_REGION: "eu",
        MAIL_FROM: "Praxis <no-reply@praxis.test>",
        SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
      } as Config,
    );
    deepEqual(
      accounts.filter(({ channel }) => channel === "email").map(({ provider }) => provider),
      ["smtp"],
    );
    await using t: TestCommunication = await openCommunication({
      mail: { isKept: true, comesBySmtp: true },
      smtpUrl: `smtp://127.0.0.1:${sink.port}`,
      accounts,
    });
    const [clinic, to] = [newId(), "wire@patients.example"];
    const patient = await addPatient(t, clinic, { email: to });
    equal((await t.send(clinic, "POST", "/messages", reminder(patient))).status, 202);
    await t.drain();
    await kept.promise;
    equal(t.simulators.taken.length, 0);
    ok(/^Message-ID: <.+@praxis>/mi.test(sink.mails[0]!.raw));
    const page = await (await t.app.request(
      `/api/communication/mailbox/page?to=${encodeURIComponent(to)}`,
    )).text();
    ok(page.includes("<h2>Your appointment</h2>") && page.includes("no-reply@praxis.test"));
    await sink.close();
  });
});

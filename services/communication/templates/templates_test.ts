/** Words of organizations: checked, approved by another, rolled back, and never trusted. */
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { after, before, describe, it } from "@std/testing/bdd";
import { addPatient, deliveriesOf, openCommunication, type TestCommunication } from "../testing.ts";
import { localeFor, segmentsOf } from "./model.ts";
import { checkData } from "./data.ts";
import { lint, render } from "./rendering.ts";
import { runApart } from "./sandbox.ts";

const text = { type: "text", level: 0, maxLength: 200 } as const;
const one = (words: string, html?: string) => ({
  subject: "Subject",
  text: words,
  ...(html === undefined ? {} : { html }),
});

describe("rendering", () => {
  it("[24] refuses what reads files, skips escaping or reaches into the machine", () => {
    const variables = { x: text };
    for (
      const words of [
        "{{ x | raw }}",
        "{% include '/etc/passwd' %}",
        "{% render 'x' %}",
        "{% layout 'x' %}",
        "{{ secret }}",
        "{{ x | nothing }}",
        "{% raw %}{{ x }}{% endraw %}",
        "{{ x",
      ]
    ) {
      ok(lint(one(words), variables).length > 0, words);
    }
    deepEqual(lint(one("{{ x | upcase }}{% if x %}!{% endif %}"), variables), []);
    for (const words of ["{{ x.constructor }}", "{{ x.__proto__ }}", "{{ x.constructor.name }}"]) {
      throws(() => render(one(words), { x: "a" }), words);
    }
  });

  it("[24] ends bombs of every kind within its limits", () => {
    const bombs = [
      "{% for i in (1..1000000000) %}x{% endfor %}",
      "{% for i in (1..9999) %}{% for j in (1..9999) %}x{% endfor %}{% endfor %}",
      "{% assign s = 'xxxxxxxxxx' %}" + "{% assign s = s | append: s %}".repeat(40) + "{{ s }}",
      "{% if true %}".repeat(20_000),
      "x".repeat(26_000),
    ];
    for (const bomb of bombs) throws(() => render(one(bomb), {}), bomb.slice(0, 40));
  });

  it("[25] takes values for text: nothing runs, nothing opens, nothing begins a line", () => {
    const x = "<img onerror=alert(1)> {{ secret }}\r\nBcc: a@b.example\u202e";
    const { subject, text, html } = render(
      { subject: "{{ x }}", text: "{{ x }}", html: "<p>{{ x }}</p>" },
      { x },
    );
    ok(!/[\r\n\u202e]/.test(subject + text));
    ok(text.includes("{{ secret }}"));
    equal(html, "<p>&lt;img onerror=alert(1)&gt; {{ secret }} Bcc: a@b.example </p>");
    for (
      const bad of [
        "<script>1</script>",
        '<p onclick="x">',
        '<a href="javascript:x">',
        '<a href="{{ x }}">',
        "<form>",
      ]
    ) {
      ok(lint(one("x", bad), { x: text as never }).length > 0, bad);
    }
    const url = { link: { type: "url", level: 0, maxLength: 200 } } as const;
    deepEqual(lint(one("x", '<a href="{{ link }}">here</a>'), url), []);
    equal(checkData(url, { link: "javascript:alert(1)" }).length, 1);
  });

  it("finds the nearest language, and counts what an SMS costs", () => {
    const sms = { sms: { text: "x" } };
    const bodies = { en: sms, fr: sms, "de-CH": sms };
    const find = (wanted: string | null) =>
      localeFor(bodies, { wanted, fallback: "en", channel: "sms" });
    deepEqual([find("fr-CH"), find("de-CH"), find("it"), find(null)], ["fr", "de-CH", "en", "en"]);
    equal(localeFor(bodies, { wanted: "fr", fallback: "en", channel: "email" }), undefined);
    deepEqual([160, 161, 306, 307].map((n) => segmentsOf("a".repeat(n))), [1, 2, 2, 3]);
    deepEqual([70, 71].map((n) => segmentsOf("ж".repeat(n))), [1, 2]);
    equal(segmentsOf("€".repeat(81)), 2);
  });
});

describe("templates", () => {
  let t: TestCommunication;
  before(async () => {
    t = await openCommunication();
  });
  after(() => t[Symbol.asyncDispose]());

  it("of level 1 need a second person; publishing and rolling back moves what is sent", async () => {
    const [clinic, author, second] = [newId(), newId(), newId()];
    const as = (userId: string) => (method: string, path: string, body?: unknown) =>
      t.send(clinic, method, `/templates${path}`, body, { userId });
    await as(author)("POST", "", { key: "visit", category: "appointment" });
    const version = (words: string) => ({
      level: 1,
      variables: { when: { type: "text", level: 1 } },
      bodies: { en: { email: { subject: "Visit", text: words } } },
    });
    for (const words of ["First: {{ when }}", "Second: {{ when }}"]) {
      equal((await as(author)("POST", "/visit/versions", version(words))).status, 201);
    }
    equal((await as(author)("POST", "/visit/versions/1/publish")).status, 409);
    equal((await as(author)("POST", "/visit/versions/1/approve")).status, 403);
    for (const n of [1, 2]) {
      equal((await as(second)("POST", `/visit/versions/${n}/approve`)).status, 204);
    }
    const preview = { channel: "email", data: { when: "Monday" } };
    equal(
      (await as(author)("POST", "/visit/versions/2/preview", preview)).json.text,
      "Second: Monday",
    );
    const email = "visit@patients.example";
    const patient = await addPatient(t, clinic, { email });
    for (const n of [1, 2, 1]) {
      equal((await as(author)("POST", `/visit/versions/${n}/publish`)).status, 204);
      const { json } = await t.send(clinic, "POST", "/messages", {
        template: "visit",
        recipients: [{ id: patient }],
        data: { when: "Monday" },
      });
      await t.drain();
      equal((await deliveriesOf(t, clinic, json.id))[0].state, "accepted");
    }
    const texts = t.simulators.taken.filter(({ to }) => to === email).map(({ text }) => text);
    deepEqual(texts, ["First: Monday", "Second: Monday", "First: Monday"]);
  });

  it("are refused when a variable says more than its template, or is not declared", async () => {
    const clinic = newId();
    await t.send(clinic, "POST", "/templates", { key: "bad", category: "message" });
    const write = async (version: unknown) =>
      (await t.send(clinic, "POST", "/templates/bad/versions", version)).status;
    const bodies = { en: { sms: { text: "{{ x }}" } } };
    equal(await write({ level: 0, variables: { x: { type: "text", level: 1 } }, bodies }), 422);
    equal(await write({ level: 0, bodies }), 422);
    equal(await write({ level: 0, bodies: {} }), 422);
    equal(await write({ level: 0, variables: { x: { type: "text", level: 0 } }, bodies }), 201);
    const bomb = { en: { sms: { text: "{% for i in (1..n) %}x{% endfor %}" } } };
    const variables = { n: { type: "number", level: 0 } };
    equal(await write({ level: 0, variables, bodies: bomb }), 201);
    const { status } = await t.send(clinic, "POST", "/templates/bad/versions/2/preview", {
      channel: "sms",
      data: { n: 1e9 },
    });
    equal(status, 422);
  });

  it("are tried out on their author alone, marked, and from level 1 once approved", async () => {
    const [clinic, author, second] = [newId(), newId(), newId()];
    const as = (userId: string) => (method: string, path: string, body?: unknown) =>
      t.send(clinic, method, path, body, { userId });
    await as(author)("POST", "/templates", { key: "trial", category: "appointment" });
    const version = {
      level: 1,
      variables: { when: { type: "text", level: 1 } },
      bodies: {
        en: {
          email: { subject: "Visit", text: "Come {{ when }}.", html: "<p>Come {{ when }}.</p>" },
          in_app: { title: "Visit", text: "Come {{ when }}." },
        },
        fr: { email: { subject: "Visite", text: "Venez {{ when }}." } },
      },
    };
    await as(author)("POST", "/templates/trial/versions", version);
    const path = "/templates/trial/versions/1/test-send";
    const letter = { channel: "email" };
    equal((await as(author)("POST", path, letter)).status, 409, "no address of their own");
    await as(author)("POST", "/recipients", { id: author, kind: "user" });
    const email = "author@clinic.example";
    await as(author)("POST", `/recipients/${author}/contact-points`, {
      channel: "email",
      address: email,
      isVerified: true,
    });
    equal((await as(author)("POST", path, letter)).status, 409, "nobody has approved it");
    equal((await as(second)("POST", "/templates/trial/versions/1/approve")).status, 204);
    const sent = await as(author)("POST", path, letter);
    equal(sent.status, 202);
    await as(author)("POST", path, { ...letter, locale: "fr", data: { when: "lundi" } });
    await t.drain();
    deepEqual(
      t.simulators.taken.filter(({ to }) => to === email)
        .map(({ subject, text }) => [subject, text]).sort(),
      [["[Test] Visit", "[Test] Come when."], ["[Test] Visite", "[Test] Venez lundi."]],
    );
    const [delivery] = await deliveriesOf(t, clinic, sent.json.id);
    deepEqual([delivery.recipientId, delivery.state], [author, "accepted"]);
    equal((await as(author)("POST", path, { ...letter, to: "x@y.example" })).status, 422);
    equal((await as(author)("POST", path, { ...letter, data: { x: "y" } })).status, 422);
    equal((await as(author)("POST", path.replace("/1/", "/9/"), letter)).status, 404);
    equal((await as(author)("POST", path, { channel: "sms" })).status, 409);
    // Nothing was published by that.
    const patient = await addPatient(t, clinic, { email: "trial@patients.example" });
    const message = { template: "trial", recipients: [{ id: patient }], data: { when: "now" } };
    equal((await t.send(clinic, "POST", "/messages", message)).status, 422);
  });

  it("tell what was changed from one version to another", async () => {
    const clinic = newId();
    await t.send(clinic, "POST", "/templates", { key: "changed", category: "message" });
    const write = (bodies: unknown, level = 0) =>
      t.send(clinic, "POST", "/templates/changed/versions", { level, bodies });
    await write({ en: { sms: { text: "Hello" } }, fr: { sms: { text: "Salut" } } });
    await write({ en: { sms: { text: "Good day" }, push: { title: "x", text: "y" } } }, 1);
    const compare = async (one: string, other: string) =>
      await t.send(clinic, "GET", `/templates/changed/versions/${one}/diff/${other}`);
    deepEqual((await compare("1", "2")).json.items, [
      { pointer: "/bodies/en/push/text", before: null, after: "y" },
      { pointer: "/bodies/en/push/title", before: null, after: "x" },
      { pointer: "/bodies/en/sms/text", before: "Hello", after: "Good day" },
      { pointer: "/bodies/fr/sms/text", before: "Salut", after: null },
      { pointer: "/level", before: "0", after: "1" },
    ]);
    deepEqual((await compare("2", "2")).json.items, []);
    for (const other of ["3", "0", "x", "1e1"]) equal((await compare("1", other)).status, 404);
  });

  it("[24] that would keep a thread busy are refused as a whole, and others are served", async () => {
    const clinic = newId();
    await t.send(clinic, "POST", "/templates", { key: "bombs", category: "message" });
    const slow = "{% for i in (1..999) %}{% for j in (1..999) %}x{% endfor %}{% endfor %}";
    const sms = { sms: { text: slow } };
    const letters = "abcdefghijklmnopqrstuvwxyz";
    const locales = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, n) => [`x${letters[n % 26]}${letters[n / 26 | 0]}`, sms]),
      );
    const path = "/templates/bombs/versions";
    const bomb = t.send(clinic, "POST", path, { level: 0, bodies: locales(20) });
    const others = await Promise.all(
      Array.from({ length: 5 }, () => t.send(clinic, "GET", "/templates")),
    );
    deepEqual(new Set(others.map(({ status }) => status)), new Set([200]));
    equal((await bomb).status, 422);
    equal((await t.send(clinic, "POST", path, { level: 0, bodies: locales(21) })).status, 422);
    // The thread that was ended is replaced.
    const bodies = { en: { sms: { text: "{{ x }}" } } };
    const variables = { x: { type: "text", level: 0 } };
    equal((await t.send(clinic, "POST", path, { level: 0, variables, bodies })).status, 201);
    const preview = { channel: "sms", data: { x: "{{ secret }} <b>" } };
    const shown = await t.send(clinic, "POST", `${path}/1/preview`, preview);
    equal(shown.json.text, "{{ secret }} <b>");
  });

  it("[24] are ended by force when they do not end by themselves", async () => {
    // Busy for longer than it may be: as one that finds a way round the limits of its language.
    const busy = one("{% for i in (1..999) %}{% for j in (1..999) %}x{% endfor %}{% endfor %}");
    equal(await runApart({ kind: "render", texts: busy, data: {} }, 1), undefined);
    const again = await runApart({ kind: "render", texts: one("{{ x }}"), data: { x: "y" } });
    equal(again?.text, "y");
    const wrong = await runApart({ kind: "render", texts: one("{{ x"), data: {} });
    equal(wrong, undefined);
  });
});

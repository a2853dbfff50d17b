/** A NEWS2 of seven speaks, in the app and in another program's chart, and is set aside with a reason. */
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { z } from "zod";
import { createClient, type SignedIn, signIn } from "../client.ts";
import { expect, type Report, say, table } from "./report.ts";

const API = "/api/workflow";
const RULES = `${API}/rules`;
const KEY = "early-warning";

const Version = z.object({ version: z.number(), state: z.string(), sha256: z.string() });
const Score = z.object({ status: z.string(), score: z.number(), band: z.string() });
const Unknown = z.object({ status: z.string(), missing: z.array(z.string()) });
const Decided = z.object({
  status: z.string(),
  missing: z.array(z.string()),
  alert: z.object({
    id: z.string(),
    disposition: z.string(),
    indicator: z.string(),
    summary: z.string(),
  }).nullable(),
});
const Cards = z.object({
  cards: z.array(z.object({ uuid: z.string(), summary: z.string(), indicator: z.string() })),
});
const Performance = z.record(z.string(), z.unknown());

const REASONS = "https://praxis.example/override-reasons";
const rule = (at: string) => ({
  key: KEY,
  title: "Early warning",
  description: "Somebody should look at a patient whose observations are getting worse.",
  evidence: {
    title: "Royal College of Physicians: National Early Warning Score (NEWS) 2, 2017",
    grade: "expert consensus",
  },
  hooks: ["patient-view"],
  inputs: [{ name: "news2", hoursMax: 12, from: { score: "news2" } }],
  table: {
    kind: "table",
    hitPolicy: "FIRST",
    inputs: [{ expression: "news2", type: "number" }],
    outputs: [{ name: "level", type: "string" }, { name: "indicator", type: "string" }],
    rules: [
      { when: [">= 7"], then: ['"high"', '"critical"'] },
      { when: [">= 5"], then: ['"medium"', '"warning"'] },
    ],
  },
  card: {
    summary: "NEWS2 is {{news2}}: {{output.level}} risk",
    detail: "Assess the patient now, and think of sepsis.",
    indicator: "warning",
    overrideReasons: [
      { code: "known", system: REASONS, display: "Known and being treated" },
      { code: "comfort", system: REASONS, display: "Comfort care" },
    ],
  },
  worsens: { input: "news2", direction: "up" },
  tests: [
    [7, "fired"],
    [5, "fired"],
    [4, "not_fired"],
  ].map(([value, status]) => ({
    name: `a NEWS2 of ${value}`,
    inputs: { news2: { value, at } },
    expected: { status },
  })),
});

/** Seven points, as a nurse writes them down. */
const vitals = (at: string) => ({
  respirationRate: { value: 22, unit: "/min", at },
  spo2: { value: 94, unit: "%", at },
  oxygen: false,
  systolic: { value: 105, unit: "mm[Hg]", at },
  pulse: { value: 132, unit: "/min", at },
  consciousness: "alert",
  temperature: { value: 37.2, unit: "Cel", at },
});

/** The same as FHIR, as another program sends it. */
function prefetch(patientId: string, at: string) {
  const quantities: [code: string, value: number, unit: string][] = [
    ["9279-1", 22, "/min"],
    ["59408-5", 94, "%"],
    ["3151-8", 0, "L/min"],
    ["8480-6", 105, "mm[Hg]"],
    ["8867-4", 132, "/min"],
    ["8310-5", 37.2, "Cel"],
  ];
  const observation = (code: string, value: Record<string, unknown>) => ({
    resource: {
      resourceType: "Observation",
      status: "final",
      code: { coding: [{ system: "http://loinc.org", code }] },
      subject: { reference: `Patient/${patientId}` },
      effectiveDateTime: at,
      ...value,
    },
  });
  const entry = [
    ...quantities.map(([code, value, unit]) =>
      observation(code, {
        valueQuantity: { value, unit, system: "http://unitsofmeasure.org", code: unit },
      })
    ),
    observation("67775-7", { valueCodeableConcept: { text: "alert" } }),
  ];
  return {
    patient: { resourceType: "Patient", id: patientId, birthDate: "1950-03-02" },
    observations: { resourceType: "Bundle", type: "searchset", entry },
  };
}

/** Another program with a key of its own; every token is for one address and one use. */
async function createProgram(owner: SignedIn) {
  const issuer = `https://chart.example/${crypto.randomUUID()}`;
  const { publicKey, privateKey } = await generateKeyPair("ES384", { extractable: true });
  const keys = { keys: [{ ...await exportJWK(publicKey), kid: "chart-1", alg: "ES384" }] };
  await owner.post(`${API}/cds-clients`, { name: "A hospital's chart", issuer, keys });
  return async (url: string) =>
    await new SignJWT({ jti: crypto.randomUUID() })
      .setProtectedHeader({ alg: "ES384", kid: "chart-1", typ: "JWT" })
      .setIssuer(issuer).setAudience(url).setIssuedAt().setExpirationTime("5m").sign(privateKey);
}

/** Runs the story at the gateway `url`. Steps are counted by `report`. */
export async function tellDecisionsStory(report: Report, url: string): Promise<void> {
  say("\nObservations get worse");
  const people = await report.step("physician, nurse and owner sign in", () =>
    Promise.all(
      ["physician", "nurse", "owner"].map((name) => signIn(url, `${name}@demo.praxis.test`)),
    ));
  if (!people) return;
  const [physician, nurse, owner] = people as [SignedIn, SignedIn, SignedIn];
  const at = new Date().toISOString();
  const patientId = crypto.randomUUID();

  await report.step("the nurse's observations make a NEWS2 of 7", async () => {
    const { score, band } = Score.parse(await nurse.post(`${API}/scores/news2`, vitals(at)));
    expect(score === 7 && band === "high", `${score}, ${band}`);
    return `${score}, ${band}`;
  });
  await report.step("without a blood pressure it is not guessed", async () => {
    const answer = await nurse.post(`${API}/scores/news2`, { ...vitals(at), systolic: null });
    const { status, missing } = Unknown.parse(answer);
    expect(status === "indeterminate" && missing.join() === "systolic", missing.join());
    return `${status}: ${missing.join(", ")}`;
  });

  const isActive = await report.step(
    "the physician writes a rule, its tests pass, and the owner approves it",
    async () => {
      const { version, sha256 } = Version.parse(await physician.post(RULES, rule(at)));
      const path = `${RULES}/${KEY}/versions/${version}`;
      await physician.post(`${path}/submit`, {});
      const own = await physician.request(`${path}/approve`, {
        method: "POST",
        body: JSON.stringify({ sha256 }),
        headers: { "content-type": "application/json" },
      });
      await own.body?.cancel();
      expect(own.status === 403, `the author's approval answered ${own.status}`);
      const { state } = Version.parse(await owner.post(`${path}/approve`, { sha256 }));
      return `version ${version}, ${state}`;
    },
  );
  if (isActive === undefined) return;

  const ask = async (inputs: Record<string, unknown>) =>
    Decided.parse(
      await physician.post(`${API}/decisions/${KEY}/evaluate`, { patientId, inputs }),
    );
  const alert = await report.step("the rule fires for the patient", async () => {
    const decided = await ask({ news2: vitals(at) });
    expect(decided.alert?.disposition === "shown", decided.status);
    say(`    ${decided.alert.indicator}: ${decided.alert.summary}`);
    return decided.alert;
  });
  if (!alert) return;
  await report.step("the same again is not told again", async () => {
    const { alert: second } = await ask({ news2: vitals(at) });
    expect(second?.disposition === "duplicate", String(second?.disposition));
  });
  await report.step("it is not set aside without a reason", async () => {
    const response = await physician.request(`${API}/alerts/${alert.id}/override`, {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json" },
    });
    await response.body?.cancel();
    expect(response.status === 422, `answered ${response.status}`);
  });
  await report.step("the physician overrides it: known and being treated", async () => {
    const body = { reasonCode: "known", comment: "Antibiotics were given an hour ago." };
    await physician.post(`${API}/alerts/${alert.id}/override`, body);
  });

  say("\nAnother program asks, by CDS Hooks");
  const program = await report.step(
    "the owner registers it by its public key",
    () => createProgram(owner),
  );
  if (!program) return;
  // Its tokens are for the platform's public address, which may have another name than this one.
  const stranger = createClient(url);
  const base = new URL(url);
  base.hostname = "localhost";
  const service = new URL("/cds-services/patient-view", base).href.replace(/\/$/, "");
  const send = async (path: string, body: unknown) => {
    const response = await stranger.request(path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${await program(service)}`,
      },
    });
    const text = await response.text();
    expect(response.ok, `${response.status}: ${text.slice(0, 200)}`);
    return JSON.parse(text) as unknown;
  };
  await report.step("its clinician opens the chart, sees the card and overrides it", async () => {
    const other = crypto.randomUUID();
    const { cards } = Cards.parse(
      await send("/cds-services/patient-view", {
        hook: "patient-view",
        hookInstance: crypto.randomUUID(),
        context: { userId: "Practitioner/a", patientId: other, encounterId: "e1" },
        prefetch: prefetch(other, at),
      }),
    );
    const card = cards.find(({ summary }) => summary.startsWith("NEWS2 is 7"));
    expect(card, `${cards.length} cards`);
    await send("/cds-services/patient-view/feedback", {
      feedback: [{
        card: card.uuid,
        outcome: "overridden",
        overrideReason: { reason: { code: "comfort", system: REASONS } },
        outcomeTimestamp: new Date().toISOString(),
      }],
    });
    return card.summary;
  });
  await report.step("the clinic sees how its rule does", async () => {
    const told = Performance.parse(await owner.get(`${RULES}/${KEY}/performance`));
    const names = ["asked", "fired", "shown", "duplicates", "accepted", "overridden"];
    table([names, names.map((name) => String(told[name]))]);
  });
}

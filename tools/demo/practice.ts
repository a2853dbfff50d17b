/** A practice's day: take patients over, register one, book, move, merge, and read the chart. */
import { z } from "zod";
import { type SignedIn, signIn, until } from "../client.ts";
import { expect, type Report, say, table } from "./report.ts";

const Patient = z.object({
  id: z.string(),
  status: z.string(),
  mergedInto: z.string().nullable(),
  name: z.object({ family: z.string().nullable(), given: z.array(z.string()) }),
  identifiers: z.array(z.object({ value: z.string() })),
});
const Registered = Patient.extend({
  possibleDuplicates: z.array(
    z.object({ patientId: z.string(), score: z.number(), reasons: z.array(z.string()) }),
  ),
});
const Appointment = z.object({ id: z.string(), patientId: z.string(), startsAt: z.string() });
const items = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) });
const Import = z.object({
  id: z.string(),
  status: z.string(),
  counts: z.record(z.string(), z.number()),
  notHeld: z.record(z.string(), z.number()),
});
const Slot = z.object({ startsAt: z.string(), endsAt: z.string() });
const Chart = z.object({
  appointments: z.object({ upcoming: z.array(Appointment) }),
  documents: z.array(z.object({ id: z.string() })).nullable(),
  messages: z.array(z.unknown()).nullable(),
  tasks: z.array(z.unknown()).nullable(),
  pathways: z.array(z.unknown()).nullable(),
  unavailable: z.array(z.string()),
  withheld: z.array(z.string()),
});

const PATIENTS = "/api/practice/patients";
const APPOINTMENTS = "/api/practice/appointments";
const DAY_MS = 24 * 60 * 60 * 1000;

/** Another one at every run, so that the story can be told twice on one platform. */
const tale = () => crypto.randomUUID().slice(0, 8);

/** Ten megabytes, of which one line in a thousand has no birthday that a calendar knows. */
function largeRows(run: string): string[] {
  const given = "x".repeat(400);
  return Array.from(
    { length: 25_000 },
    (_, n) =>
      `Family${n};${given};${
        n % 1_000 === 7 ? "1900-02-29" : "1990-05-01"
      };f;${run}-L${n};urn:large`,
  );
}

async function sendImport(client: SignedIn, text: string, query: string): Promise<Response> {
  return await client.request(`/api/practice/imports?${query}`, {
    method: "POST",
    body: text,
    headers: { "content-type": "text/csv" },
  });
}

async function takeOver(report: Report, client: SignedIn, run: string): Promise<void> {
  say("\nTaking patients over from the old system");
  const rows = [
    `Lindgren;Astrid;1907-11-14;f;${run}-1;urn:old-system`,
    `"Ó Briain";Seán;29.02.1984;m;${run}-2;urn:old-system`,
    `محمود;ليلى;1990-05-01;f;${run}-3;urn:old-system`,
    `山田;太郎;1975-12-31;m;${run}-4;urn:old-system`,
  ];
  const csv = ["family;given;birthDate;sex;identifier;identifierSystem", ...rows].join("\n");
  const done = async (response: Response) => {
    expect(
      response.status === 202,
      `answered ${response.status}: ${await response.clone().text()}`,
    );
    const { id } = Import.parse(await response.json());
    return await until("the import", async () => {
      const now = Import.parse(await client.get(`/api/practice/imports/${id}`));
      return now.status === "done" ? now : undefined;
    });
  };
  await report.step("a file with a broken line is refused, and nothing of it kept", async () => {
    const response = await sendImport(client, `${csv}\nBroken;X;1900-02-29;f;${run}-5;urn:x`, "");
    const problem = z.object({ errors: z.array(z.object({ pointer: z.string() })) })
      .parse(await response.json());
    expect(response.status === 422, `answered ${response.status}`);
    return problem.errors.map(({ pointer }) => pointer).join(", ");
  });
  await report.step(
    "ten megabytes with broken lines pass the gateway, and leave nothing",
    async () => {
      const bytes = [csv.split("\n")[0]!, ...largeRows(run)].join("\n");
      const response = await sendImport(client, bytes, "");
      const problem = z.object({ type: z.string(), detail: z.string() }).parse(
        await response.json(),
      );
      expect(response.status === 422, `answered ${response.status} ${problem.type}`);
      const found =
        items(Patient).parse(await client.get(`${PATIENTS}?identifier=${run}-L0`)).items;
      expect(found.length === 0, "a line of it was kept");
      return `${(bytes.length / 1e6).toFixed(0)} MB: ${problem.detail}`;
    },
  );
  await report.step("a dry run says what would happen", async () => {
    const { counts } = await done(await sendImport(client, csv, "dryRun=true"));
    expect(counts.registered === 4, `${counts.registered} would be registered`);
  });
  await report.step("the import takes all of them over", async () => {
    const { counts } = await done(await sendImport(client, csv, ""));
    expect(counts.total === 4 && counts.registered === 4, JSON.stringify(counts));
    return Object.entries(counts).map(([name, count]) => `${name} ${count}`).join(", ");
  });
  await report.step("the same file again registers nobody twice", async () => {
    const { counts } = await done(await sendImport(client, csv, ""));
    expect(counts.known === 4, JSON.stringify(counts));
  });
  for (const q of ["shaun o'brien", "ليلى", "山田", "astrid lind"]) {
    await report.step(`“${q}” finds somebody`, async () => {
      const found = items(Patient).parse(
        await client.get(`${PATIENTS}?${new URLSearchParams({ q })}`),
      );
      const [first] = found.items;
      expect(first, "nobody is found");
      return [...first.name.given, first.name.family].join(" ");
    });
  }
}

async function register(report: Report, client: SignedIn, run: string) {
  say("\nRegistering");
  const body = {
    identifiers: [{ system: "urn:harbour", value: `${run}-A` }],
    name: { family: `Kuhlman ${run}`, given: ["Brady"] },
    birthDate: "1970-07-25",
    sex: "male",
  };
  const patient = await report.step(
    "a patient is registered",
    async () => Registered.parse(await client.post(PATIENTS, body)),
  );
  const twin = await report.step("somebody like them is registered with a warning", async () => {
    const alike = {
      ...body,
      identifiers: [{ system: "urn:harbour", value: `${run}-B` }],
      name: { ...body.name, given: ["Bradey"] },
    };
    const registered = Registered.parse(await client.post(PATIENTS, alike));
    const warning = registered.possibleDuplicates.find(({ patientId }) =>
      patientId === patient?.id
    );
    expect(warning, "there was no warning");
    say(`    score ${warning.score}: ${warning.reasons.join(", ")}`);
    return registered;
  });
  await report.step("nobody is born on 29 February 1900", async () => {
    const response = await client.request(PATIENTS, {
      method: "POST",
      body: JSON.stringify({ ...body, identifiers: [], birthDate: "1900-02-29" }),
      headers: { "content-type": "application/json" },
    });
    await response.body?.cancel();
    expect(response.status === 422, `answered ${response.status}`);
  });
  return { patient, twin };
}

type Registered = z.output<typeof Registered>;

async function bookAndMove(
  report: Report,
  client: SignedIn,
  patient: Registered,
  twin: Registered,
): Promise<void> {
  say("\nBooking");
  const practitionerId = await report.step("there is a practitioner", async () => {
    const [first] = items(z.object({ id: z.string() }))
      .parse(await client.get("/api/practice/practitioners")).items;
    expect(first, "there is none");
    return { id: first.id };
  });
  if (!practitionerId) return;
  const { id } = practitionerId;
  const slots = await report.step("free times of the next four weeks", async () => {
    const query = new URLSearchParams({
      practitionerId: id,
      from: new Date().toISOString(),
      to: new Date(Date.now() + 28 * DAY_MS).toISOString(),
      durationMinutes: "15",
    });
    const free = items(Slot).parse(await client.get(`/api/practice/slots?${query}`)).items;
    expect(free.length >= 3, `only ${free.length} are free`);
    say(`    ${free.length} are free`);
    return free;
  });
  const [first, second, third] = slots ?? [];
  if (!first || !second || !third) return;
  const booking = (patientId: string, slot: z.output<typeof Slot>) => ({
    patientId,
    practitionerId: id,
    startsAt: slot.startsAt,
    endsAt: slot.endsAt,
  });
  const booked = await report.step(
    "the first is booked",
    async () => Appointment.parse(await client.post(APPOINTMENTS, booking(patient.id, first))),
  );
  await report.step("twenty who want the second at once: one has it", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, async () => {
      const response = await client.request(APPOINTMENTS, {
        method: "POST",
        body: JSON.stringify(booking(twin.id, second)),
        headers: { "content-type": "application/json" },
      });
      await response.body?.cancel();
      return response.status;
    }));
    const count = (status: number) => answers.filter((one) => one === status).length;
    expect(count(201) === 1 && count(409) === 19, answers.join(" "));
  });
  await report.step("the first is moved to the third", async () => {
    const { startsAt, endsAt } = third;
    const path = `${APPOINTMENTS}/${booked?.id}/move`;
    const moved = Appointment.parse(await client.post(path, { startsAt, endsAt }));
    expect(moved.startsAt === startsAt, `it is at ${moved.startsAt}`);
  });
}

async function mergeAndRead(
  report: Report,
  owner: SignedIn,
  client: SignedIn,
  patient: Registered,
  twin: Registered,
): Promise<void> {
  say("\nMerging");
  const chartOf = async (id: string) => Chart.parse(await client.get(`${PATIENTS}/${id}/summary`));
  const letter = await report.step("a letter is filed for the second", async () => {
    const bytes = new TextEncoder().encode("Referred by the harbour's pharmacist.");
    return await client.upload({ name: "referral.txt", bytes }, { patientId: twin.id });
  });
  /** The letter, the task to review it, and the notification stand in one chart. */
  const hasLetter = async (id: string) => {
    const { documents, tasks, messages } = await chartOf(id);
    const isThere = documents?.some((one) => one.id === letter?.id) && tasks?.length === 1 &&
      messages?.length === 1;
    return isThere || undefined;
  };
  await report.step("its task and its notification stand in the same chart", async () => {
    await until("the letter's facts", () => hasLetter(twin.id));
  });
  const appointmentsOf = async (patientId: string) =>
    items(Appointment).parse(await client.get(`${APPOINTMENTS}?patientId=${patientId}`)).items;
  const merge = () =>
    owner.post("/api/practice/merges", { patientId: twin.id, intoPatientId: patient.id });
  const merged = await report.step("the two are merged: one has both appointments", async () => {
    const { id } = z.object({ id: z.string() }).parse(await merge());
    expect((await appointmentsOf(patient.id)).length === 2, "appointments did not follow");
    const gone = Patient.parse(await client.get(`${PATIENTS}/${twin.id}`));
    expect(gone.mergedInto === patient.id, "the merged patient does not say into whom");
    return { id };
  });
  await report.step("the letter, its task and its notification follow", async () => {
    await until("content, workflow and communication to follow", () => hasLetter(patient.id));
  });
  await report.step("it is undone: each has their own again", async () => {
    await owner.post(`/api/practice/merges/${merged?.id}/undo`, {});
    for (const { id } of [patient, twin]) {
      expect((await appointmentsOf(id)).length === 1, "an appointment stayed behind");
    }
    await until("the letter to be back", () => hasLetter(twin.id));
    expect((await chartOf(patient.id)).documents?.length === 0, "the letter is in both charts");
  });
  await report.step("and merged for good", async () => void await merge());

  say("\nThe chart");
  await report.step("is gathered from every service", async () => {
    await until("the letter to follow for good", () => hasLetter(patient.id));
    const chart = await chartOf(patient.id);
    expect(chart.appointments.upcoming.length === 2, "appointments are missing");
    const size = (part: unknown[] | null) => part === null ? "not there" : String(part.length);
    table([
      ["appointments", "documents", "messages", "tasks", "pathways"],
      [
        String(chart.appointments.upcoming.length),
        size(chart.documents),
        size(chart.messages),
        size(chart.tasks),
        size(chart.pathways),
      ],
    ]);
    expect(chart.unavailable.length === 0, `without ${chart.unavailable.join(", ")}`);
  });
  await report.step("is the same patient as FHIR", async () => {
    const resource = z.object({ resourceType: z.literal("Patient"), active: z.boolean() })
      .parse(await client.get(`/fhir/R4/Patient/${patient.id}`));
    expect(resource.active, "the patient is not active");
  });
}

/** Tells the story at the gateway `url`. Steps are counted by `report`. */
export async function tellPracticeStory(report: Report, url: string): Promise<void> {
  const run = tale();
  const sign = (name: string) =>
    report.step(`${name} signs in`, () => signIn(url, `${name}.praxis.test`));
  say("Signing in");
  const physician = await sign("physician@demo");
  const owner = await sign("owner@demo");
  const rival = await sign("physician@rival");
  const own = await sign("patient@demo");
  if (!physician || !owner || !rival || !own) return;
  await takeOver(report, physician, run);
  const { patient, twin } = await register(report, physician, run);
  if (!patient || !twin) return;
  await bookAndMove(report, physician, patient, twin);
  await mergeAndRead(report, owner, physician, patient, twin);

  say("\nNobody else's business");
  await report.step("to the other clinic none of this exists", async () => {
    const response = await rival.request(`${PATIENTS}/${patient.id}`);
    await response.body?.cancel();
    expect(response.status === 404, `answered ${response.status}`);
    const found = items(Patient).parse(await rival.get(`${PATIENTS}?q=kuhlman`)).items;
    expect(found.every(({ id }) => id !== patient.id), "it is found there");
  });
  await report.step("a patient sees themselves and nobody else", async () => {
    const me = z.object({ name: z.object({ family: z.string() }) })
      .parse(await own.get("/api/practice/me/patient"));
    const response = await own.request(`${PATIENTS}/${patient.id}`);
    await response.body?.cancel();
    expect(response.status === 403, `answered ${response.status}`);
    return me.name.family;
  });
}

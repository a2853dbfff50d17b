/** A clinic is founded, a partner leaves it, a result reaches its patient: done, and undone. */
import { z } from "zod";
import { DEMO_PASSWORD, until } from "../client.ts";
import { expect, type Report, say } from "./report.ts";
import { meet, sagaEnd, showTimeline, type Someone, startSaga } from "./saga_timeline.ts";

const Me = z.object({ organizations: z.array(z.object({ id: z.string(), name: z.string() })) });
const Tokens = z.object({ accessToken: z.string() });
const Id = z.object({ id: z.string() });
const Documents = z.object({ items: z.array(z.object({ documentId: z.string() })) });

/** A token of someone for one of their clinics. */
async function enter(url: string, { client }: Someone, organizationId: string) {
  const body = { email: client.email, password: DEMO_PASSWORD, client: "api", organizationId };
  const { accessToken } = Tokens.parse(await client.post("/auth/login", body));
  return async (method: string, path: string, json?: unknown) =>
    await fetch(new URL(path, url), {
      method,
      headers: {
        authorization: `Bearer ${accessToken}`,
        ...(json === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
}

const clinicsOf = async ({ client }: Someone) =>
  Me.parse(await client.get("/api/identity/users/me")).organizations;

async function tellOnboarding(
  report: Report,
  owner: Someone,
  partner: Someone,
): Promise<string | undefined> {
  say("\nA clinic is founded: identity, content, communication, workflow");
  const clinic = await report.step("two partners found a clinic", async () => {
    const input = { name: "Quay Clinic", ownerUserIds: [owner.id, partner.id] };
    const saga = await sagaEnd(owner.client, await startSaga(owner, "onboard-clinic", input));
    showTimeline(saga);
    expect(saga.state === "completed", `the saga is ${saga.state}: ${saga.reason}`);
    const clinics = await clinicsOf(owner);
    expect(clinics.some(({ id }) => id === saga.id), "the owner does not belong to the clinic");
    return saga;
  });
  await report.step("with a partner whom nobody knows, nothing of it remains", async () => {
    const input = { name: "Nowhere Clinic", ownerUserIds: [owner.id, crypto.randomUUID()] };
    const saga = await sagaEnd(owner.client, await startSaga(owner, "onboard-clinic", input));
    showTimeline(saga);
    expect(saga.state === "compensated", `the saga is ${saga.state}: ${saga.reason}`);
    const clinics = await clinicsOf(owner);
    expect(!clinics.some(({ id }) => id === saga.id), "the clinic is still there");
  });
  return clinic?.id;
}

async function tellOffboarding(
  report: Report,
  url: string,
  clinic: string,
  [owner, partner, auditor]: [Someone, Someone, Someone],
): Promise<void> {
  say(`\n${partner.fullName} leaves the new clinic`);
  const call = await enter(url, owner, clinic);
  const leave = async (successorUserId: string) => {
    const response = await call("POST", "/api/workflow/sagas", {
      name: "offboard-member",
      input: { userId: partner.id, successorUserId },
    });
    const { id } = Id.parse(await response.json());
    return await until("the end of the saga", async () => {
      const saga = await (await call("GET", `/api/workflow/sagas/${id}`)).json();
      return ["running", "compensating"].includes(saga.state) ? undefined : saga;
    });
  };
  const isMember = async () => (await clinicsOf(partner)).some(({ id }) => id === clinic);

  await report.step(`not in favour of ${auditor.fullName}, who is nobody there`, async () => {
    const saga = await leave(auditor.id);
    showTimeline(saga);
    expect(saga.state === "compensated", `the saga is ${saga.state}: ${saga.reason}`);
    expect(await isMember(), "the membership was not given back");
  });
  await report.step(`in favour of ${owner.fullName}`, async () => {
    const theirs = await enter(url, partner, clinic);
    const saga = await leave(owner.id);
    showTimeline(saga);
    expect(saga.state === "completed", `the saga is ${saga.state}: ${saga.reason}`);
    expect(!await isMember(), "the membership has not ended");
    await until("the token to be refused", async () => {
      const response = await theirs("GET", "/api/workflow/tasks");
      await response.body?.cancel();
      return response.status === 401 || undefined;
    });
  });
}

/** The patient whom `user` is; a new one unless they were linked before. */
async function patientOf({ client }: Someone, user: Someone): Promise<string> {
  const own = await user.client.request("/api/practice/me/patient");
  const text = await own.text();
  if (own.ok) return Id.parse(JSON.parse(text)).id;
  return await linkedPatient(client, user.id);
}

async function linkedPatient(client: Someone["client"], userId: string): Promise<string> {
  const person = { name: { family: "Hansen", given: ["Mia"] }, birthDate: "1980-02-29" };
  const patient = Id.parse(await client.post("/api/practice/patients", person));
  await client.post(`/api/practice/patients/${patient.id}/users`, { userId });
  return patient.id;
}

async function fileResult({ client }: Someone, patientId: string): Promise<string> {
  const bytes = new TextEncoder().encode(`Laboratory, ${new Date().toISOString()}: all is well.`);
  const { id } = await client.upload({ name: "result.txt", bytes }, { patientId });
  const Read = z.object({ status: z.string() });
  await until("the result to be read in", async () => {
    const { status } = Read.parse(await client.get(`/api/content/documents/${id}`));
    return status === "processing" ? undefined : status;
  });
  return id;
}

async function tellReleasing(report: Report, url: string, owner: Someone): Promise<void> {
  say("\nA result is released to the patient");
  const people = await report.step(
    "physician and patient sign in",
    () => Promise.all(["physician", "patient"].map((name) => meet(url, name))),
  );
  if (!people) return;
  const [physician, patient] = people as [Someone, Someone];
  const readable = async () =>
    Documents.parse(await patient.client.get("/api/content/me/documents")).items
      .map(({ documentId }) => documentId);

  await report.step("the patient is told, reads it, and from then on it is theirs", async () => {
    const patientId = await patientOf(physician, patient);
    const documentId = await fileResult(physician, patientId);
    const id = await startSaga(physician, "release-result", { documentId, patientId });
    const saga = await sagaEnd(owner.client, id);
    showTimeline(saga);
    expect(saga.state === "completed", `the saga is ${saga.state}: ${saga.reason}`);
    expect((await readable()).includes(documentId), "the patient does not see the result");
    const path = `/api/content/me/documents/${documentId}/content`;
    const text = await (await patient.client.request(path)).text();
    expect(text.includes("all is well"), "the patient reads something else");
    const shares = `/api/content/documents/${documentId}/shares`;
    const Shares = z.object({ items: z.array(Id) });
    const [share] = Shares.parse(await physician.client.get(shares)).items;
    const taken = await physician.client.request(`${shares}/${share?.id}`, { method: "DELETE" });
    await taken.body?.cancel();
    expect(taken.status === 409, `taking it back is answered with ${taken.status}`);
    return "taking it back is refused";
  });

  await report.step("when the patient's user is no member, the release is withdrawn", async () => {
    const patientId = await linkedPatient(physician.client, crypto.randomUUID());
    const documentId = await fileResult(physician, patientId);
    const id = await startSaga(physician, "release-result", { documentId, patientId });
    const saga = await sagaEnd(owner.client, id);
    showTimeline(saga);
    expect(saga.state === "compensated", `the saga is ${saga.state}: ${saga.reason}`);
    const path = `/api/content/documents/${documentId}/shares`;
    const { items } = z.object({ items: z.array(z.unknown()) })
      .parse(await physician.client.get(path));
    expect(items.length === 0, "somebody can still read the result");
  });
}

/** Runs the stories at the gateway `url`. Steps are counted by `report`. */
export async function tellClinicSagas(
  report: Report,
  url: string,
  [owner, partner, auditor]: [Someone, Someone, Someone],
): Promise<void> {
  const clinic = await tellOnboarding(report, owner, partner);
  if (clinic !== undefined) {
    await tellOffboarding(report, url, clinic, [owner, partner, auditor]);
  }
  await tellReleasing(report, url, owner);
}

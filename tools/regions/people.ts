/** What the people of a clinic do: register, sign in, and leave things of which each is a canary. */
import { z } from "zod";
import { until } from "../client.ts";
import { type Canary, newWord, type RegionName } from "./canaries.ts";

export type Answer = {
  status: number;
  headers: Headers;
  text: string;
  ms: number;
  requestId: string;
};

export type Call = {
  method?: string;
  token?: string;
  json?: unknown;
  form?: FormData;
  headers?: Record<string, string>;
};

export type Person = {
  region: RegionName;
  email: string;
  password: string;
  token: string;
  refreshToken: string;
  userId: string;
  /** Goes abroad: what is theirs may cross with their requests. */
  travels: boolean;
  canaries: Canary[];
};

export type Left = {
  documentId: string;
  content: string;
  /** A word that stands in it. */
  word: string;
  patientId: string;
  messageId: string;
  family: string;
  /** Path of a link to a calendar, that needs no sign-in. */
  link: string;
};

const LIMIT_MS = 60_000;

const Problem = z.object({ type: z.string(), title: z.string() });
const Id = z.object({ id: z.string() });
const Items = z.object({ items: z.array(z.unknown()) });
const Tokens = z.object({ accessToken: z.string(), refreshToken: z.string() });
const Mails = z.object({ items: z.array(z.object({ subject: z.string(), body: z.string() })) });
const Me = z.object({ id: z.string(), organizations: z.array(z.object({ id: z.string() })) });
const Document = z.object({ id: z.string(), status: z.string() });
const Link = z.object({ url: z.string() });

/** One request, never repeated, with an id of its own. @throws when nobody answers. */
export async function call(url: string, path: string, given: Call = {}): Promise<Answer> {
  const requestId = crypto.randomUUID();
  const body = given.form ?? (given.json === undefined ? undefined : JSON.stringify(given.json));
  const startedAt = performance.now();
  const response = await fetch(url + path, {
    method: given.method ?? (body === undefined ? "GET" : "POST"),
    redirect: "manual",
    signal: AbortSignal.timeout(LIMIT_MS),
    headers: {
      "x-request-id": requestId,
      ...(given.token === undefined ? {} : { authorization: `Bearer ${given.token}` }),
      ...(given.json === undefined ? {} : { "content-type": "application/json" }),
      ...given.headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  const ms = performance.now() - startedAt;
  return { status: response.status, headers: response.headers, text, ms, requestId };
}

export type Caller = (path: string, given?: Call) => Promise<Answer>;

/** @throws when the answer is not a good one. */
export async function good<T>(answer: Promise<Answer>, schema: z.ZodType<T>): Promise<T> {
  const { status, text } = await answer;
  if (status >= 300) throw new Error(`answered ${status}: ${text.slice(0, 300)}`);
  return schema.parse(text === "" ? undefined : JSON.parse(text));
}

/** A problem 503 that says when to come again: its region cannot be reached. */
export const isUnavailable = ({ status, headers, text }: Answer): boolean =>
  status === 503 && headers.has("retry-after") && Problem.safeParse(JSON.parse(text)).success;

const nothing = z.unknown();

export async function signIn(url: string, email: string, password: string) {
  return await good(
    call(url, "/auth/login", { json: { email, password, client: "api" } }),
    Tokens,
  );
}

/** Registers somebody with a clinic of their own at the region's own gateway, and signs in. */
export async function register(
  url: string,
  region: RegionName,
  { travels }: { travels: boolean },
  email = `${newWord(region)}@clinic.example`,
): Promise<Person> {
  const [fullName, clinic, password] = [newWord(region), newWord(region), newWord(region)];
  const json = { email, password, fullName, organization: { name: clinic } };
  await good(call(url, "/auth/register", { json }), nothing);
  const query = new URLSearchParams({ to: email });
  const token = await until(`the letter to ${email}`, async () => {
    const { items } = await good(call(url, `/api/communication/mailbox?${query}`), Mails);
    return items.map(({ body }) => body.match(/#token=([\w-]+)/)?.[1]).find(Boolean);
  }, LIMIT_MS);
  await good(call(url, "/auth/email/verify", { json: { token } }), nothing);
  const { accessToken, refreshToken } = await signIn(url, email, password);
  const me = await good(call(url, "/api/identity/users/me", { token: accessToken }), Me);
  const canary = (what: string, text: string): Canary => ({ region, what, text, travels });
  return {
    region,
    email,
    password,
    token: accessToken,
    refreshToken,
    userId: me.id,
    travels,
    canaries: [
      canary("address of a user", email.split("@")[0]!),
      canary("name of a user", fullName),
      canary("name of a clinic", clinic),
      canary("password", password),
      canary("id of a user", me.id),
      canary("id of a clinic", me.organizations[0]!.id),
      canary("signature of an access token", accessToken.split(".")[2]!),
      canary("refresh token", refreshToken),
    ],
  };
}

/** Files, registers, books, writes and comments through `ask`; each word is a canary of the person. */
export async function leaveThings(person: Person, ask: Caller): Promise<Left> {
  const { region, travels, token } = person;
  const canary = (what: string, text = newWord(region)): string => {
    person.canaries.push({ region, what, text, travels });
    return text;
  };
  const as = (given: Call = {}): Call => ({ ...given, token });
  const post = <T>(path: string, json: unknown, schema: z.ZodType<T>) =>
    good(ask(path, as({ json })), schema);

  const family = canary("family name of a patient");
  const patient = await post("/api/practice/patients", {
    identifiers: [{ system: "urn:drill", value: canary("identifier of a patient") }],
    name: { family, given: [canary("given name of a patient")] },
    birthDate: "1970-07-25",
    sex: "female",
  }, Id);
  canary("id of a patient", patient.id);

  const word = canary("text of a document");
  const content = `Seen today. ${word}. No complaints.`;
  const form = new FormData();
  form.append("title", canary("title of a document"));
  form.append("patientId", patient.id);
  form.append("file", new Blob([content]), `${canary("name of a file")}.txt`);
  const document = await good(ask("/api/content/documents", as({ form })), Id);
  canary("id of a document", document.id);
  await until("the document to be looked into", async () => {
    const path = `/api/content/documents/${document.id}`;
    return (await good(ask(path, as()), Document)).status === "ready" || undefined;
  }, LIMIT_MS);

  const task = await until("the task that follows a document", async () => {
    const path = `/api/workflow/tasks?subjectId=${document.id}`;
    return (await good(ask(path, as()), z.object({ items: z.array(Id) }))).items[0];
  }, LIMIT_MS);
  await post(
    `/api/workflow/tasks/${task.id}/comments`,
    { text: canary("comment on a task") },
    nothing,
  );

  const recipient = crypto.randomUUID();
  const address = `${canary("address of a patient")}@patients.example`;
  await post("/api/communication/recipients", { id: recipient }, nothing);
  await post(
    `/api/communication/recipients/${recipient}/contact-points`,
    { channel: "email", address, isVerified: true },
    nothing,
  );
  const message = await post("/api/communication/messages", {
    template: "appointment-reminder",
    recipients: [{ id: recipient }],
    channels: ["email"],
    data: { clinic: canary("words of a message"), when: "Tuesday 14:00" },
    subject: { type: "appointment", id: crypto.randomUUID() },
  }, Id);
  canary("id of a message", message.id);
  await until("the letter to the patient", async () => {
    const path = `/api/communication/mailbox?to=${encodeURIComponent(address)}`;
    return (await good(ask(path, as()), Items)).items[0];
  }, LIMIT_MS);

  const practitioner = await post("/api/practice/practitioners", {
    name: { family: canary("name of a practitioner"), given: ["Robin"] },
  }, Id);
  const feed = await post(`/api/practice/practitioners/${practitioner.id}/feeds`, {}, Link);
  const link = new URL(feed.url).pathname;
  canary("signature of a link", link.split(".").at(-1)!);
  return {
    ...{ documentId: document.id, content, word },
    ...{ patientId: patient.id, family },
    ...{ messageId: message.id, link },
  };
}

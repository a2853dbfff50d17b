/** People at work: they read and write through the gateway, and every answer is looked at. */
import { type SignedIn, signIn } from "../client.ts";

export type Tally = {
  answered: number;
  /** `<what> <status or error>`, with how often. */
  failed: Map<string, number>;
};

const EMAIL = "physician@demo.praxis.test";

/** Tokens live for ten minutes. */
const TOKEN_MS = 240_000;

type Act = (client: SignedIn, number: number) => Promise<Response>;

const read = (path: string): Act => (client) => client.request(path);

function fileDocument(client: SignedIn, number: number): Promise<Response> {
  const form = new FormData();
  form.append("file", new Blob([`Letter ${number}`]), `letter-${number}.txt`);
  return client.request("/api/content/documents", { method: "POST", body: form });
}

const registerPatient: Act = (client, number) =>
  client.request("/api/practice/patients", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      identifiers: [{ system: "urn:rolling", value: crypto.randomUUID() }],
      name: { family: `Rolling${crypto.randomUUID().slice(0, 8)}`, given: [`N${number}`] },
      birthDate: "1980-02-03",
      sex: "unknown",
    }),
  });

/** One in five writes. */
export const ACTS: Record<string, Act> = {
  "list documents": read("/api/content/documents?limit=1"),
  "file a document": fileDocument,
  "list tasks": read("/api/workflow/tasks?limit=1"),
  "list notifications": read("/api/communication/notifications?limit=1"),
  "say who I am": read("/api/identity/users/me"),
  "register a patient": registerPatient,
  "search documents": read("/api/content/search?q=letter&limit=1"),
  "find patients": read("/api/practice/patients?q=rolling&limit=1"),
  "list appointments": read("/api/practice/practitioners?limit=1"),
  "list definitions": read("/api/workflow/definitions?limit=1"),
};

/** `workers` at once until `isOver`. A request that was begun is waited for. */
export async function work(
  url: string,
  workers: number,
  isOver: (tally: Tally) => boolean,
  acts: Record<string, Act> = ACTS,
): Promise<Tally> {
  let client = await signIn(url, EMAIL);
  let signedInAt = performance.now();
  async function staySignedIn(): Promise<void> {
    if (performance.now() - signedInAt < TOKEN_MS) return;
    signedInAt = performance.now();
    client = await signIn(url, EMAIL);
  }
  const tally: Tally = { answered: 0, failed: new Map() };
  const names = Object.keys(acts);
  let number = 0;
  const fail = (what: string) => tally.failed.set(what, (tally.failed.get(what) ?? 0) + 1);
  await Promise.all(Array.from({ length: workers }, async () => {
    while (!isOver(tally)) {
      const at = number++;
      const name = names[at % names.length]!;
      try {
        await staySignedIn();
        const response = await acts[name]!(client, at);
        await response.arrayBuffer();
        if (response.ok) tally.answered++;
        else fail(`${name}: ${response.status}`);
      } catch (error) {
        fail(`${name}: ${error instanceof Error ? error.name : "unknown"}`);
      }
    }
  }));
  return tally;
}

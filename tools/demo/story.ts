/** A clinic's first morning: sign in, file documents, find them, be told of them, prove it all. */
import { z } from "zod";
import { createClient, FiledDocument, sha256, type SignedIn, signIn, until } from "../client.ts";
import { forEach, isFound } from "./finding.ts";
import { expect, type Report, say, table } from "./report.ts";

export type DemoFile = {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
  /** What it should be taken for, and a word that stands inside, where we know. */
  kind?: string;
  word?: string;
};

const Items = z.object({ items: z.array(z.unknown()), nextCursor: z.string().nullable() });
const Verified = z.object({ ok: z.boolean(), checked: z.number() });
const AboutDocument = z.object({
  items: z.array(z.object({ subject: z.object({ id: z.string() }) })),
});

type Filed = { file: Omit<DemoFile, "bytes">; document: FiledDocument };

async function fileAll(
  report: Report,
  physician: SignedIn,
  files: AsyncIterable<DemoFile> | Iterable<DemoFile>,
): Promise<Filed[]> {
  const filed = await forEach(files, async (file): Promise<Filed | undefined> => {
    const document = await report.step(`file ${file.name}`, async () => {
      const answer = await physician.upload(file);
      expect(answer.sha256 === await sha256(file.bytes), "the digest is not the file's");
      expect(answer.size === file.bytes.length, "the size is not the file's");
      return answer;
    });
    // The bytes are fetched again for the comparison, not kept: a folder may be large.
    const { name, kind, word } = file;
    const known = { name, ...(kind ? { kind } : {}), ...(word ? { word } : {}) };
    return document && { file: known, document };
  });
  return filed.filter((one) => one !== undefined);
}

/** Waits until a document has been looked into. */
async function settled(client: SignedIn, id: string): Promise<FiledDocument> {
  return await until(`document ${id} to be looked into`, async () => {
    const answer = await client.get(`/api/content/documents/${id}`);
    const document = FiledDocument.parse(answer);
    return document.status === "processing" ? undefined : document;
  }, 60_000);
}

/** Runs the story at the gateway `url` on `files`. Steps are counted by `report`. */
export async function tellStory(
  report: Report,
  url: string,
  files: AsyncIterable<DemoFile> | Iterable<DemoFile>,
): Promise<void> {
  say("\nSigning in");
  const physician = await report.step("the physician of Harbour Clinic signs in", async () => {
    const client = await signIn(url, "physician@demo.praxis.test");
    const me = z.object({ fullName: z.string(), email: z.string() })
      .parse(await client.get("/api/identity/users/me"));
    expect(me.email === client.email, "somebody else is signed in");
    say(`    ${me.fullName}`);
    return client;
  });
  const rival = await report.step(
    "so does the physician of Hill Clinic",
    () => signIn(url, "physician@rival.praxis.test"),
  );
  const auditor = await report.step(
    "and the auditor of Harbour Clinic",
    () => signIn(url, "auditor@demo.praxis.test"),
  );
  await report.step("a wrong password is refused", async () => {
    const response = await createClient(url).request("/auth/login", {
      method: "POST",
      body: JSON.stringify({ email: "owner@demo.praxis.test", password: "wrong", client: "api" }),
      headers: { "content-type": "application/json" },
    });
    await response.body?.cancel();
    expect(response.status === 401, `answered ${response.status}`);
  });
  if (!physician || !rival || !auditor) return;

  say("\nFiling");
  const filed = await fileAll(report, physician, files);

  say("\nWhat Praxis understood");
  const rows = [["file", "kind", "status", "text", "reason"]];
  await forEach(filed, async ({ file, document }) => {
    const now = await report.step(
      `${file.name} has been looked into`,
      () => settled(physician, document.id),
    );
    if (!now) return;
    rows.push([
      file.name.slice(0, 60),
      now.kind,
      now.status,
      now.textStatus,
      now.failureReason ?? "",
    ]);
    if (!file.kind) return;
    await report.step(`${file.name} is ${file.kind}`, async () => {
      expect(now.kind === file.kind, `it was taken for ${now.kind}`);
      expect(now.status === "ready", `it is ${now.status}: ${now.failureReason}`);
      await Promise.resolve();
    });
  });
  table(rows);

  say("\nFinding");
  for (const { file, document } of filed) {
    if (file.word) {
      await report.step(`“${file.word}” finds ${file.name}`, async () => {
        expect(await isFound(physician, { q: file.word! }, document.id), "not found");
      });
    }
  }
  await report.step(`all ${filed.length} are found by their file name`, async () => {
    await forEach(filed, async ({ file, document }) => {
      expect(await isFound(physician, { q: `"${file.name}"` }, document.id), `${file.name} is not`);
    });
  });
  await report.step(`all ${filed.length} come back byte for byte`, async () => {
    await forEach(filed, async ({ document }) => {
      const response = await physician.request(`/api/content/documents/${document.id}/content`);
      const bytes = new Uint8Array(await response.arrayBuffer());
      expect(await sha256(bytes) === document.sha256, `${document.fileName} does not`);
    });
  });

  const last = filed.at(-1)?.document.id;
  if (last) await tellOthers(report, { physician, rival }, last);
  await proveIt(report, { physician, auditor });
}

type People = { physician: SignedIn; rival: SignedIn; auditor: SignedIn };

async function tellOthers(
  report: Report,
  { physician, rival }: Pick<People, "physician" | "rival">,
  id: string,
): Promise<void> {
  say("\nTelling others, and nobody else");
  const speaksOf = (path: string) => async () => {
    const { items } = AboutDocument.parse(await physician.get(path));
    return items.some(({ subject }) => subject.id === id) || undefined;
  };
  const byDocument = (path: string) => `${path}?limit=100`;
  await report.step("a notification has arrived", async () => {
    await until("the notification", speaksOf(byDocument("/api/communication/notifications")));
  });
  await report.step("a follow-up task is there", async () => {
    await until("the task", speaksOf(`/api/workflow/tasks?subjectId=${id}`));
  });
  await report.step("to the other clinic the document does not exist", async () => {
    for (const path of [`/api/content/documents/${id}`, `/api/content/documents/${id}/content`]) {
      const response = await rival.request(path);
      await response.body?.cancel();
      expect(response.status === 404, `${path} answered ${response.status}`);
    }
    const { items } = Items.parse(await rival.get("/api/content/documents?limit=100"));
    expect(!JSON.stringify(items).includes(id), "it is in their list");
  });
}

async function proveIt(
  report: Report,
  { physician, auditor }: Pick<People, "physician" | "auditor">,
): Promise<void> {
  say("\nProving it");
  for (const service of ["identity", "content", "communication", "workflow", "practice"]) {
    await report.step(`the audit chain of ${service} verifies`, async () => {
      const path = `/api/${service}/audit-events/verify`;
      const { ok, checked } = Verified.parse(await auditor.get(path));
      expect(ok, "it does not");
      return `${checked} events`;
    });
  }
  await report.step("the physician may not read the audit", async () => {
    const response = await physician.request("/api/content/audit-events");
    await response.body?.cancel();
    expect(response.status === 403, `answered ${response.status}`);
  });

  say("\nSigning out");
  await report.step("refreshing gives new tokens", async () => {
    const body = { refreshToken: physician.refreshToken };
    const tokens = z.object({ refreshToken: z.string() })
      .parse(await createClient(physician.url).post("/auth/refresh", body));
    expect(tokens.refreshToken !== physician.refreshToken, "the refresh token stayed the same");
  });
  await report.step("after signing out the token is worth nothing", async () => {
    await physician.request("/auth/logout", {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json" },
    });
    await until("the token to be refused", async () => {
      const response = await physician.request("/api/content/documents");
      await response.body?.cancel();
      return response.status === 401 || undefined;
    }, 5_000);
  });
}

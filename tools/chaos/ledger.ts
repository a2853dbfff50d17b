/** What the platform has acknowledged: each promise is checked after the damage. */
import { FiledDocument, sha256, type SignedIn, until } from "../client.ts";
import { z } from "zod";

export type Ledger = {
  /**
   * Files `count` documents, `parallel` at a time, and notes what was acknowledged. What is not
   * acknowledged is sent again with the same Idempotency-Key, as a careful client does.
   */
  file(client: SignedIn, count: number, options?: {
    parallel?: number;
    /** Called after each acknowledgement. */
    onAcknowledged?: (count: number) => void;
  }): Promise<void>;
  entries(): readonly FiledDocument[];
  /** How often an upload was sent again. */
  repeats(): number;
};

const PATIENCE_MS = 90_000;

/** A document that differs from all others, of a few kilobytes. */
function makeFile(n: number): { name: string; bytes: Uint8Array<ArrayBuffer> } {
  const filler = crypto.getRandomValues(new Uint8Array(3_000)).toHex();
  const text = `Note ${n}\nThe patient feels well today.\n${filler}\n`;
  return { name: `note-${n}.txt`, bytes: new TextEncoder().encode(text) };
}

export function createLedger(): Ledger {
  const entries: FiledDocument[] = [];
  let repeats = 0;
  async function fileOne(client: SignedIn, n: number): Promise<void> {
    const file = makeFile(n);
    const key = crypto.randomUUID();
    const document = await until(`the acknowledgement of ${file.name}`, async () => {
      try {
        return await client.upload(file, {}, key);
      } catch {
        repeats++;
        return undefined;
      }
    }, PATIENCE_MS);
    if (document.sha256 !== await sha256(file.bytes)) throw new Error("another digest");
    entries.push(document);
  }
  return {
    async file(client, count, { parallel = 8, onAcknowledged = () => {} } = {}) {
      let next = 0;
      await Promise.all(Array.from({ length: parallel }, async () => {
        while (next < count) {
          await fileOne(client, next++);
          onAcknowledged(entries.length);
        }
      }));
    },
    entries: () => entries,
    repeats: () => repeats,
  };
}

const DocumentPage = z.object({ items: z.array(FiledDocument), nextCursor: z.string().nullable() });

/** The bytes of `document` are all there; otherwise says what is wrong. */
async function lookAt(client: SignedIn, document: FiledDocument): Promise<string | undefined> {
  const response = await client.request(`/api/content/documents/${document.id}/content`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (response.status !== 200) return `${document.id} answers ${response.status}`;
  if (await sha256(bytes) !== document.sha256) return `${document.id} has other bytes`;
  return undefined;
}

/** Every document in the list, page by page. */
export async function listAll(client: SignedIn): Promise<FiledDocument[]> {
  const all: FiledDocument[] = [];
  let cursor: string | null = null;
  do {
    const query: string = `limit=100${cursor === null ? "" : `&cursor=${cursor}`}`;
    const page = DocumentPage.parse(await client.get(`/api/content/documents?${query}`));
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return all;
}

/**
 * Everything acknowledged is listed once with its bytes, nothing is listed that was not asked for,
 * and everything listed is whole. Returns what is wrong.
 */
export async function checkPromises(
  client: SignedIn,
  promised: readonly FiledDocument[],
  parallel = 8,
): Promise<string[]> {
  const listed = await listAll(client);
  const ids = new Set(listed.map(({ id }) => id));
  const wrong = promised.filter(({ id }) => !ids.has(id)).map(({ id }) => `${id} is not listed`);
  if (ids.size !== listed.length) wrong.push("a document is listed twice");
  if (ids.size !== promised.length) {
    wrong.push(`${ids.size} documents are listed, ${promised.length} were acknowledged`);
  }
  const queue = [...listed];
  await Promise.all(Array.from({ length: parallel }, async () => {
    for (let document = queue.pop(); document; document = queue.pop()) {
      const problem = await lookAt(client, document);
      if (problem) wrong.push(problem);
    }
  }));
  return wrong;
}

/** Looks for canaries in all that a region keeps: every table, every key of Redis, every file. */
import postgres from "postgres";
import { embeddedSource } from "../backup/source.ts";
import type { Hit } from "./canaries.ts";

export type Scanned = { hits: Hit[]; looked: number };
type Redis = { service: string; url: string; token: string };
type Needles = Map<string, string>;

const KEYS_PER_ROUND = "500";
/** The command that shows all of a key, by its type. */
const READ: Record<string, (key: string) => string[]> = {
  string: (key) => ["GET", key],
  hash: (key) => ["HGETALL", key],
  list: (key) => ["LRANGE", key, "0", "-1"],
  set: (key) => ["SMEMBERS", key],
  zset: (key) => ["ZRANGE", key, "0", "-1"],
  stream: (key) => ["XRANGE", key, "-", "+"],
};

/** Each once, however many forms of it were found there. */
function hitsOf(found: { form: string; place: string }[], needles: Needles): Hit[] {
  const hits = found.map(({ form, place }) => ({ what: needles.get(form) ?? form, place }));
  return [...new Map(hits.map((hit) => [`${hit.what}\n${hit.place}`, hit])).values()];
}

/** As superuser, so that no policy hides a row; `looked` counts rows. */
export async function scanDatabases(
  dataDir: string,
  portOffset: number,
  needles: Needles,
): Promise<Scanned> {
  const { databases } = await embeddedSource(dataDir, portOffset);
  const forms = [...needles.keys()];
  const hits: Hit[] = [];
  let looked = 0;
  for (const [service, url] of Object.entries(databases)) {
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    try {
      const tables = await sql<{ name: string }[]>`
        select format('%I.%I', n.nspname, c.relname) as name
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema')
        order by 1`;
      for (const { name } of tables) {
        const [row] = await sql<{ rows: number; forms: string[] }[]>`
          with texts as materialized (select lower(t::text) as text from ${sql.unsafe(name)} t)
          select (select count(*)::int from texts) as rows,
            array(select form from unnest(${forms}::text[]) form
              where exists (select from texts where position(form in text) > 0)) as forms`;
        looked += row!.rows;
        const place = `${service}: ${name}`;
        hits.push(...hitsOf(row!.forms.map((form) => ({ form, place })), needles));
      }
    } finally {
      await sql.end();
    }
  }
  return { hits, looked };
}

/** `looked` counts keys. */
export async function scanRedis(redises: readonly Redis[], needles: Needles): Promise<Scanned> {
  const found: { form: string; place: string }[] = [];
  let looked = 0;
  for (const { service, url, token } of redises) {
    const command = async (words: string[]): Promise<unknown> => {
      const answer = await fetch(url, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(words),
      });
      if (!answer.ok) throw new Error(`Redis answered ${words[0]} with ${await answer.text()}`);
      return (await answer.json()).result;
    };
    let cursor = "0";
    do {
      const page = await command(["SCAN", cursor, "COUNT", KEYS_PER_ROUND]);
      const [next, keys] = page as [string, string[]];
      for (const key of keys) {
        const type = String(await command(["TYPE", key]));
        // It may have expired meanwhile.
        if (type === "none") continue;
        const read = READ[type];
        if (!read) throw new Error(`no way to read a ${type}`);
        const text = (key + JSON.stringify(await command(read(key)))).toLowerCase();
        for (const form of needles.keys()) {
          if (text.includes(form)) found.push({ form, place: `${service}: ${key}` });
        }
        looked++;
      }
      cursor = String(next);
    } while (cursor !== "0");
  }
  return { hits: hitsOf(found, needles), looked };
}

/** Byte by byte, with `grep`; `looked` counts files. A file that vanishes meanwhile is passed over. */
export async function scanFiles(folder: string, needles: Needles): Promise<Scanned> {
  const patterns = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(patterns, [...needles.keys()].join("\n"));
    const { code, stdout } = await new Deno.Command("grep", {
      args: ["-raoiFHs", "-f", patterns, folder],
      env: { LC_ALL: "C" },
    }).output();
    const text = new TextDecoder().decode(stdout);
    // 2 also says that a file went away, so what was found counts, not the code.
    if (code > 2) throw new Error(`grep ended with ${code}`);
    const found = text.split("\n").filter(Boolean).map((line) => {
      const at = line.lastIndexOf(":");
      return {
        place: line.slice(folder.length + 1, at),
        form: line.slice(at + 1).toLowerCase(),
      };
    });
    return { hits: hitsOf(found, needles), looked: await countFiles(folder) };
  } finally {
    await Deno.remove(patterns);
  }
}

async function countFiles(folder: string): Promise<number> {
  let count = 0;
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      count += isDirectory ? await countFiles(`${folder}/${name}`) : 1;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return count;
}

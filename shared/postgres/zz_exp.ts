import { openTestService } from "../testing/mod.ts";
import { connect } from "./connect.ts";
import { transaction } from "./transaction.ts";
import { newId } from "../id/id.ts";
const t = await openTestService({ service: "things", folder: new URL("../testing/fixtures/migrations/", import.meta.url) });
const target = new URL(t.appUrl);
let listener: Deno.Listener | undefined; const conns = new Set<Deno.Conn>(); let attempts = 0;
function up() {
  const l = listener = Deno.listen({ port: 25998, hostname: "127.0.0.1" });
  (async () => { for await (const c of l) { attempts++; const u = await Deno.connect({ port: Number(target.port), hostname: "127.0.0.1" }); conns.add(c); conns.add(u);
    c.readable.pipeTo(u.writable).catch(() => {}); u.readable.pipeTo(c.writable).catch(() => {}); } })().catch(() => {});
}
function down() { listener!.close(); for (const c of conns) try { c.close(); } catch { /* gone */ } conns.clear(); }
const url = new URL(t.appUrl); url.port = "25998";
up();
const sql = connect(url.href);
const nap = (ms: number) => new Promise((r) => setTimeout(r, ms));
const org = newId();
const label = async (name: string, p: Promise<unknown>) => { const s = performance.now(); const r = await Promise.race([p.then((x) => "ok", (e) => "rejected " + (e.code ?? e.message)), nap(6000).then(() => "HANGS")]); console.log(name, r, Math.round(performance.now() - s)); };
await label("warm", transaction(sql, { organizationId: org }, (tx) => tx`select 1`));
const mode = Deno.args[0];
// 1: a query under way
const a = label("query under way", transaction(sql, { organizationId: org }, async (tx) => { await tx`select pg_sleep(1)`; }));
// 2: between queries
const b = label("between queries", transaction(sql, { organizationId: org }, async (tx) => { await tx`select 1`; await nap(1000); await tx`select 2`; }));
// 3: work fails after the cut
const c = label("work throws", transaction(sql, { organizationId: org }, async (tx) => { await tx`select 1`; await nap(1000); throw new Error("own"); }));
await nap(300);
down(); console.log("down");
if (mode === "quick") { up(); }
await Promise.all([a, b, c]);
if (mode !== "quick") up();
await nap(200);
for (let i = 0; i < 6; i++) await label("after " + i, transaction(sql, { organizationId: org }, (tx) => tx`select 1`));
Deno.exit();

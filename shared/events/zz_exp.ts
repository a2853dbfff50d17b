import { openTestService } from "../testing/mod.ts";
import { connect } from "../postgres/connect.ts";
import { transaction } from "../postgres/transaction.ts";
import { startRelay } from "./relay.ts";
import { publish } from "./outbox.ts";
import { defineEvent } from "./event.ts";
import { newId } from "../id/id.ts";
import { z } from "zod";
const folder = new URL("../testing/fixtures/migrations/", import.meta.url);
const t = await openTestService({ service: "things", folder });
const target = new URL(t.appUrl);
let listener: Deno.Listener | undefined; const conns = new Set<Deno.Conn>(); let attempts = 0;
function up() {
  const l = listener = Deno.listen({ port: 25999, hostname: "127.0.0.1" });
  (async () => { for await (const c of l) { attempts++; const u = await Deno.connect({ port: Number(target.port), hostname: "127.0.0.1" }); conns.add(c); conns.add(u);
    c.readable.pipeTo(u.writable).catch(() => {}); u.readable.pipeTo(c.writable).catch(() => {}); } })().catch(() => {});
}
function down() { listener!.close(); for (const c of conns) try { c.close(); } catch { /* gone */ } conns.clear(); }
const url = new URL(t.appUrl); url.port = "25999";
up();
const sql = connect(url.href);
const got: string[] = [];
const sub = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (r) => { got.push(((await r.json()).data as any).n + "@" + Math.round(performance.now())); return new Response(null, { status: 204 }); });
const errs: Record<string, number> = {};
const relay = await startRelay({ sql, discover: () => `http://127.0.0.1:${sub.addr.port}`, serviceToken: async () => "x", log: { info() {}, error(e, x) { const k = `${e}: ${x instanceof Error ? (x as any).code ?? x.message : x}`; errs[k] = (errs[k] ?? 0) + 1; } } });
const E = defineEvent({ type: "a.b", version: 1, data: z.object({ n: z.number() }), subscribers: ["w"] });
const org = newId();
const tell = async (n: number) => { console.log("tell", n, Math.round(performance.now())); await transaction(t.deps.sql, { organizationId: org }, (tx) => publish(tx, E, { source: "things", organizationId: org, subject: "s" + n, at: new Date(), data: { n } })); };
const nap = (ms: number) => new Promise((r) => setTimeout(r, ms));
await tell(1); await nap(300);
console.log("-- down", Math.round(performance.now())); 
const cpu0 = Deno.readTextFileSync("/proc/self/stat").split(" ").slice(13, 15).map(Number);
down();
await tell(2);
await nap(3000);
const cpu1 = Deno.readTextFileSync("/proc/self/stat").split(" ").slice(13, 15).map(Number);
console.log("cpu ticks in 3s", cpu1[0]! - cpu0[0]!, cpu1[1]! - cpu0[1]!, errs);
if (Deno.args[0] === "stop") { const s = performance.now(); console.log("stopping while down"); await Promise.race([relay.stop(), nap(8000)]).catch((e) => console.log("stop threw", e)); console.log("stop took", performance.now() - s); Deno.exit(); }
attempts = 0; up(); console.log("-- up", Math.round(performance.now()));
await nap(1500);
console.log("attempts after up", attempts);
for (let i = 3; i < 8; i++) { await tell(i); await nap(370); }
console.log(got, errs);
const s = performance.now(); await relay.stop(); console.log("stop", performance.now() - s);
await sql.end({ timeout: 1 }); Deno.exit();

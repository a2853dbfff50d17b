/** One worker of communication by itself, to be killed. Its setting comes as JSON in an argument. */
import { connect } from "@praxis/shared/postgres";
import type { Redis } from "@praxis/shared/redis";
import { silent } from "@praxis/shared/telemetry";
import { startWorker } from "../../services/communication/deliveries/deliveries.ts";
import { type Setting, standalone } from "../../services/communication/standalone.ts";

const { databaseUrl, ...setting } = JSON.parse(Deno.args[0]!) as Setting & { databaseUrl: string };
const sql = connect(databaseUrl);
// Only unread counts are cached, and those of nobody here.
const redis = { set: () => Promise.resolve(null) } as unknown as Redis;
const auditRead = () => Promise.resolve();
await startWorker(
  standalone({ sql, redis, auditRead, now: () => new Date(), log: silent }, setting),
);

/** A service on a fresh, migrated database and a real Redis, and people to call it as. */
import { createTestDatabase, testStack } from "@praxis/local/testing";
import { createReadAudit } from "../audit/audit.ts";
import { contextHeaders } from "../auth/context.ts";
import { createIdentify } from "../auth/identify.ts";
import { type Permission, permissions as everyPermission } from "../auth/permissions.ts";
import type { UserActor } from "../auth/actor.ts";
import { newId } from "../id/id.ts";
import { migrateService } from "../migrations.ts";
import { connect, POOL_SIZE, type Sql } from "../postgres/connect.ts";
import { connectRedis } from "../redis/redis.ts";
import { silent } from "../telemetry/log.ts";
import type { BaseDeps } from "../service/service.ts";

const CONTEXT_KEY = "a key for tests only, 32 characters or more";

export type TestService = AsyncDisposable & {
  deps: BaseDeps;
  /** As the role that owns the tables: for looking at rows from outside, and for tampering. */
  owner: Sql;
  /** Runs a statement as the superuser of the cluster. */
  administer(statement: string): Promise<void>;
  /** The URL of the service's own role, for `startJobs`. */
  appUrl: string;
  /** For `createService`: takes signed contexts, and `Bearer service-<name>` as a service. */
  identify: ReturnType<typeof createIdentify>;
  /** Headers of a signed-in user; every permission unless told otherwise. */
  headersOf(actor: Partial<Omit<UserActor, "kind">>): Record<string, string>;
};

/** Headers of the service called `name`. */
export const asService = (name: string) => ({ authorization: `Bearer service-${name}` });

/** A user with every permission in an organization of their own, unless told otherwise. */
export function testUser(given: Partial<Omit<UserActor, "kind">> = {}): UserActor {
  return {
    kind: "user",
    userId: newId(),
    organizationId: newId(),
    sessionId: newId(),
    permissions: everyPermission as readonly Permission[],
    ...given,
  };
}

/** The name and bytes of every migration, so that a changed one makes a new template. */
async function versionOf(folders: URL[]): Promise<string> {
  const parts: string[] = [];
  for (const folder of folders) {
    for (const entry of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
      if (entry.isFile) {
        parts.push(entry.name, await Deno.readTextFile(new URL(entry.name, folder)));
      }
    }
  }
  const bytes = new TextEncoder().encode(parts.join("\0"));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 16);
}

const sharedFolders = ["postgres", "audit", "idempotency", "events"]
  .map((name) => new URL(`../${name}/migrations/`, import.meta.url));

/**
 * Opens `service`, whose migrations lie in `folder`, with the pool that it really has unless more
 * shall happen at once. Close it with `await using`.
 */
export async function openTestService(
  { service, folder, now = () => new Date(), connectionsMax = POOL_SIZE }: {
    service: string;
    folder: URL;
    now?: () => Date;
    connectionsMax?: number;
  },
): Promise<TestService> {
  const stack = await testStack();
  const version = await versionOf([...sharedFolders, folder]);
  const database = await createTestDatabase({
    template: `${service}_${version}`,
    migrate: async (ownerUrl: string) => void await migrateService(ownerUrl, folder),
  });
  const sql = connect(database.appUrl, { connectionsMax });
  const owner = connect(database.ownerUrl, { connectionsMax: 1 });
  const redis = connectRedis(stack.redisUrl, stack.redisToken);
  return {
    deps: { sql, redis, auditRead: createReadAudit(sql, now), now, log: silent },
    owner,
    async administer(statement) {
      const admin = connect(stack.adminUrl, { connectionsMax: 1 });
      await admin.unsafe(statement);
      await admin.end();
    },
    appUrl: database.appUrl,
    identify: createIdentify({
      service,
      contextKey: CONTEXT_KEY,
      tokens: {
        access: () => Promise.resolve(undefined),
        service: (token) => Promise.resolve(token.match(/^service-([a-z]+)$/)?.[1]),
      },
      standing: { permissions: () => Promise.resolve(undefined) },
      now,
    }),
    headersOf(actor) {
      const expiresAt = Math.floor(now().getTime() / 1000) + 30;
      return contextHeaders(CONTEXT_KEY, service, testUser(actor), expiresAt);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([sql.end({ timeout: 5 }), owner.end({ timeout: 5 })]);
      await database.drop();
    },
  };
}

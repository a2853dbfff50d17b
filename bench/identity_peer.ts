/** better-auth as a process of its own: the same runtime, Postgres and argon2id parameters as ours. */
import { hash, verify } from "@node-rs/argon2";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { jwt } from "better-auth/plugins/jwt";
import pg from "pg";

const [databaseUrl, port, schema] = Deno.args as [string, string, string];
const COST = { memoryCost: 47_104, timeCost: 1, parallelism: 1 } as const;
const DAY_SECONDS = 86_400;

const auth = betterAuth({
  baseURL: `http://127.0.0.1:${port}`,
  secret: crypto.randomUUID() + crypto.randomUUID(),
  database: new pg.Pool({
    connectionString: databaseUrl,
    options: `-c search_path=${schema}`,
  }),
  emailAndPassword: {
    enabled: true,
    password: {
      hash: (password: string) => hash(password, COST),
      verify: ({ hash, password }: { hash: string; password: string }) => verify(hash, password),
    },
  },
  // Every look at a session prolongs it, as every refresh of ours does.
  session: { expiresIn: DAY_SECONDS, updateAge: 0 },
  // With each look comes a signed token (EdDSA, its default), as with each refresh of ours.
  plugins: [jwt()],
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
});

const { runMigrations } = await getMigrations(auth.options);
await runMigrations();
Deno.serve({ hostname: "127.0.0.1", port: Number(port), onListen: () => {} }, auth.handler);

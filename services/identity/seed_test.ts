import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { decodeJwt } from "jose";
import { writeDemoData } from "./demo_data.ts";
import { permissionsOf, roles } from "./roles/model.ts";
import { openIdentity } from "./testing.ts";

const PEOPLE = [
  ...roles.map((role) => `${role}@demo`),
  "owner@rival",
  "physician@rival",
];

describe("the demo data", () => {
  it("let everyone of the contract sign in, each in their own clinic and role", async () => {
    await using identity = await openIdentity();
    const clinics = { demo: "Harbour Clinic", rival: "Hill Clinic" };
    for (const who of PEOPLE) {
      const { accessToken } = await identity.signIn(who);
      const [role, slug] = who.split("@") as [string, keyof typeof clinics];
      const me = await (await identity.get("/api/identity/users/me", accessToken)).json();
      equal(me.email, `${who}.praxis.test`);
      deepEqual(me.organizations, [
        { id: decodeJwt(accessToken).org, name: clinics[slug], slug, role, current: true },
      ]);
      const own = await identity.post("/auth/validate", { user_id: me.id }, {
        authorization: `Bearer ${accessToken}`,
      });
      deepEqual((await own.json()).permissions, permissionsOf(role));
    }
  });

  it("are written once", async () => {
    await using identity = await openIdentity();
    const { owner } = identity.service;
    const hashes = () => owner`select user_id, password_hash from credentials order by user_id`;
    const before = await hashes();
    equal(await writeDemoData(identity.deps), 0);
    equal(identity.hashCalls(), 0);
    deepEqual(await hashes(), before);
    // Every hash has a salt of its own.
    equal(new Set(before.map(({ passwordHash }) => passwordHash)).size, PEOPLE.length);
  });

  it("are refused in production, which is also the default", async () => {
    for (const environment of [{}, { PRAXIS_ENV: "production" }]) {
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-prompt", new URL("./seed.ts", import.meta.url).pathname],
        env: { ...environment, DATABASE_URL: "postgres://someone:secret@127.0.0.1:1/identity" },
        clearEnv: true,
        stdout: "null",
      }).output();
      equal(code, 1);
      equal(new TextDecoder().decode(stderr).includes("no demo data in production"), true);
    }
  });
});

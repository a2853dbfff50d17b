/** The clinics and people of the demo (docs: the contract's demo data), written once. */
import { record } from "@praxis/shared/audit";
import { transaction } from "@praxis/shared/postgres";
import * as credentials from "./credentials/store.ts";
import type { Deps } from "./deps.ts";
import * as members from "./members/store.ts";
import * as organizations from "./organizations/store.ts";
import type { Role } from "./roles/model.ts";
import * as users from "./users/store.ts";

export const DEMO_PASSWORD = "harbour-lantern-copper-42";

const SEED = { kind: "service", service: "seed" } as const;

type Person = { role: Role; fullName: string };
type Clinic = { slug: string; name: string; people: Person[] };

const CLINICS: Clinic[] = [
  {
    slug: "demo",
    name: "Harbour Clinic",
    people: [
      { role: "owner", fullName: "Olivia Hart" },
      { role: "physician", fullName: "Pavel Novak" },
      { role: "nurse", fullName: "Nadia Rahman" },
      { role: "receptionist", fullName: "Rosa Delgado" },
      { role: "auditor", fullName: "Arne Lindqvist" },
      { role: "patient", fullName: "Petra Sommer" },
    ],
  },
  {
    slug: "rival",
    name: "Hill Clinic",
    people: [
      { role: "owner", fullName: "Ronan Byrne" },
      { role: "physician", fullName: "Priya Menon" },
    ],
  },
];

/** Fixed ids (UUIDv7 of 2026-01-01), so that other services' demo data can name the same people. */
const idOf = (kind: number, clinic: number, person: number) =>
  `019b76da-a800-7${kind}00-8000-${String(clinic * 1000 + person).padStart(12, "0")}`;

export const demoOrganizationId = (slug: "demo" | "rival") =>
  idOf(1, CLINICS.findIndex((clinic) => clinic.slug === slug), 0);

/** Writes what is missing. Returns how many people were added. */
export async function writeDemoData(
  { sql, hasher, now }: Pick<Deps, "sql" | "hasher" | "now">,
): Promise<number> {
  let added = 0;
  for (const [c, { slug, name, people }] of CLINICS.entries()) {
    const organizationId = idOf(1, c, 0);
    const missing = await transaction(sql, "system", async (tx) => {
      if (await organizations.insert(tx, { id: organizationId, slug, name }, now())) {
        await record(tx, now(), {
          actor: SEED,
          organizationId,
          action: "organization.created",
          subject: { type: "organization", id: organizationId },
        });
      }
      const known = await members.listRecipients(tx, { organizationId }, undefined, 100);
      const ids = new Set(known.map(({ userId }) => userId));
      return people.map((person, p) => ({ ...person, p })).filter(({ p }) =>
        !ids.has(idOf(2, c, p))
      );
    });
    const hashed = await Promise.all(
      missing.map(async (one) => ({ ...one, passwordHash: await hasher.hash(DEMO_PASSWORD) })),
    );
    for (const { p, role, fullName, passwordHash } of hashed) {
      const userId = idOf(2, c, p);
      const membershipId = idOf(3, c, p);
      const email = `${role}@${slug}.praxis.test`;
      added += await transaction(sql, "system", async (tx) => {
        if (!await users.insert(tx, { id: userId, email, fullName }, now())) return 0;
        await credentials.insert(tx, { userId, passwordHash }, now());
        await members.insert(tx, { id: membershipId, organizationId, userId, role }, now());
        await record(tx, now(), {
          actor: SEED,
          organizationId,
          action: "member.added",
          subject: { type: "member", id: membershipId },
          details: { userId, role },
        });
        return 1;
      });
    }
  }
  return added;
}

/** Who sees patients in the demo's clinics, where and when; and the patient who signs in. */
import { record } from "@praxis/shared/audit";
import { type Sql, transaction } from "@praxis/shared/postgres";
import { Calendar } from "./calendars/model.ts";
import * as locations from "./locations/store.ts";
import { keysOf } from "./names/model.ts";
import { HumanName, PatientInput } from "./patients/model.ts";
import * as patients from "./patients/store.ts";
import * as patientUsers from "./patient_users/store.ts";
import * as practitioners from "./practitioners/store.ts";

const SEED = { kind: "service", service: "seed" } as const;

/** As identity's demo data makes them: kind, clinic, person (services/identity/demo_data.ts). */
const idOf = (kind: number, clinic: number, person: number) =>
  `019b76da-a800-7${kind}00-8000-${String(clinic * 1000 + person).padStart(12, "0")}`;
const [ORGANIZATION, USER, PRACTITIONER, LOCATION, PATIENT] = [1, 2, 5, 6, 7];

const calendar = Calendar.parse({
  timeZone: "Europe/Paris",
  slotMinutes: 15,
  bufferAfterMinutes: 0,
  hours: [1, 2, 3, 4, 5].flatMap((weekday) => [
    { weekday, from: "08:30", to: "12:30" },
    { weekday, from: "14:00", to: "18:00" },
  ]),
});

type Person = { at: number; family: string; given: string; specialty: string };
type Clinic = { people: Person[]; rooms: string[]; patient?: Person };

const CLINICS: Clinic[] = [
  {
    people: [
      { at: 1, family: "Novak", given: "Pavel", specialty: "General practice" },
      { at: 2, family: "Rahman", given: "Nadia", specialty: "Nursing" },
    ],
    rooms: ["Harbour Clinic", "Consulting room 1", "Consulting room 2"],
    patient: { at: 5, family: "Sommer", given: "Petra", specialty: "" },
  },
  {
    people: [{ at: 1, family: "Menon", given: "Priya", specialty: "General practice" }],
    rooms: ["Hill Clinic"],
  },
];

/** Writes what is missing. Returns how many clinics were furnished. */
export async function writeDemoData(sql: Sql, now: () => Date): Promise<number> {
  let furnished = 0;
  for (const [c, { people, rooms, patient }] of CLINICS.entries()) {
    const organizationId = idOf(ORGANIZATION, c, 0);
    furnished += await transaction(sql, { organizationId }, async (tx) => {
      const at = now();
      const first = idOf(LOCATION, c, 0);
      if (await locations.find(tx, organizationId, first)) return 0;
      for (const [n, name] of rooms.entries()) {
        const input = { name, timeZone: "Europe/Paris", isRoom: n > 0, address: null };
        const id = idOf(LOCATION, c, n);
        await locations.insert(tx, { ...input, isActive: true, id, organizationId }, at);
      }
      for (const { at: person, family, given, specialty } of people) {
        await practitioners.insert(tx, {
          id: idOf(PRACTITIONER, c, person),
          organizationId,
          userId: idOf(USER, c, person),
          name: HumanName.parse({ family, given: [given] }),
          identifiers: [],
          specialty,
          isActive: true,
          calendar,
        }, at);
      }
      if (patient) {
        const id = idOf(PATIENT, c, patient.at);
        const input = PatientInput.parse({
          identifiers: [{ system: "urn:praxis:demo", value: "1" }],
          name: { family: patient.family, given: [patient.given] },
          birthDate: "1984-02-29",
          sex: "female",
        });
        const keys = keysOf([input.name]);
        await patients.insert(tx, [{ ...input, id, organizationId, keys }], at);
        const userId = idOf(USER, c, patient.at);
        await patientUsers.insert(tx, { organizationId, userId, patientId: id }, at);
      }
      await record(tx, at, {
        actor: SEED,
        organizationId,
        action: "clinic.furnished",
        subject: { type: "organization", id: organizationId },
      });
      return 1;
    });
  }
  return furnished;
}

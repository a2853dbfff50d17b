/**
 * What one region may know of another: nothing. Of a person abroad, their own requests and the
 * answers to them cross, as they are, and leave nothing where they passed but a line in a log with
 * the request's id.
 */
import { expect, type Report, say, table } from "../demo/report.ts";
import { type Canary, findIn, needlesOf, otherOf, REGIONS } from "./canaries.ts";
import { textOf } from "./ocean.ts";
import type { Found } from "./region.ts";
import type { Residents } from "./story.ts";
import { requestsIn } from "./traffic.ts";
import { atHome, type World } from "./world.ts";

const ME = "/api/identity/users/me";
const HOP = "x-praxis-region-hop";
const PLACES = ["logs", "databases", "redis", "files"] as const;
/** Known at home by their hash only. */
const SECRETS = [
  "password",
  "signature of an access token",
  "refresh token",
  "signature of a link",
];

const list = (hits: { what: string; place: string }[]) =>
  hits.slice(0, 5).map(({ what, place }) => `${what} in ${place}`).join("; ");

export async function checkPackets(
  report: Report,
  world: World,
  residents: Residents,
  /** Not of those that were sent towards a region that was dead. */
  { isAllExpected = true } = {},
): Promise<void> {
  say("\nWhat crossed");
  for (const region of REGIONS) {
    const { crossings } = world.oceans[region];
    await report.step(
      `from ${region} to ${otherOf(region)}: what people asked abroad, and nothing else`,
      async () => {
        const heads = crossings.flatMap(({ asked }) => requestsIn(textOf(asked)));
        const ids = heads.map(({ headers }) => headers.get("x-request-id") ?? "none");
        const made = world.madeAbroad[region];
        const strange = heads.filter((_, at) => !made.has(ids[at]!));
        expect(
          strange.length === 0,
          `also ${strange.map(({ method, target }) => `${method} ${target}`).slice(0, 5)}`,
        );
        const missing = [...made].filter((id) => !ids.includes(id));
        expect(!isAllExpected || missing.length === 0, `${missing.length} requests did not cross`);
        expect(heads.every(({ headers }) => headers.get(HOP) === "1"), "one might go on");
        const bytes = crossings.flatMap(({ asked, answered }) => [...asked, ...answered])
          .reduce((sum, { length }) => sum + length, 0);
        await Promise.resolve();
        return `${heads.length} requests, ${bytes} bytes both ways`;
      },
    );
  }
  const wire = (region: keyof Residents) =>
    world.oceans[region].crossings
      .map(({ asked, answered }) => textOf(asked) + textOf(answered)).join("\n");
  for (const region of REGIONS) {
    const { homebody, traveller } = residents[region];
    // Opened by their own region, and opened by the other one.
    const [own, others] = [wire(region), wire(otherOf(region))];
    await report.step(`of ${region}'s person who stayed at home, not a byte`, async () => {
      const needles = needlesOf(homebody.person.canaries);
      const hits = [...findIn(own, needles, "requests"), ...findIn(others, needles, "answers")];
      expect(hits.length === 0, list(hits));
      await Promise.resolve();
      return `${homebody.person.canaries.length} canaries`;
    });
    await report.step(`of ${region}'s traveller, on their own requests only`, async () => {
      const needles = needlesOf(traveller.person.canaries);
      const strange = findIn(own, needles, `what ${region} asked`);
      expect(strange.length === 0, list(strange));
      const seen = findIn(others, needles, "wire");
      // Else the relay would see nothing at all, and the step before would say nothing.
      expect(seen.length > 0, "none was seen");
      await Promise.resolve();
      return `${seen.length} of ${traveller.person.canaries.length} canaries crossed`;
    });
  }
}

export async function checkWhatStays(
  report: Report,
  world: World,
  residents: Residents,
  { isTabled = true } = {},
): Promise<void> {
  say("\nWhat stays");
  const people = REGIONS.flatMap((region) => Object.values(residents[region]));
  // A limit is forgotten after a while; now Redis knows every clinic.
  for (const { person } of people) await atHome(world, person)(ME, { token: person.token });
  const all = people.flatMap(({ person }) => person.canaries);
  for (const region of REGIONS) {
    const other = otherOf(region);
    // Known to be in the log there: whoever does not find it has not looked.
    const marker: Canary = {
      region,
      what: "handed-over request",
      text: [...world.madeAbroad[region]][0]!,
      travels: true,
    };
    const found = await report.step(`${region} is searched`, async () => {
      const result = await world.regions.get(region)!.search([...all, marker]);
      const { databases, redis, files } = result;
      say(`    ${databases.looked} rows, ${redis.looked} keys, ${files.looked} files`);
      expect(result.logs.hits.some(({ what }) => what.endsWith(marker.what)), "not its logs");
      return result;
    });
    if (!found) continue;
    for (const place of PLACES) {
      await report.step(`nothing of ${other} is in ${region}'s ${place}`, async () => {
        const hits = found[place].hits.filter(({ what }) => what.startsWith(`${other}'s`));
        expect(hits.length === 0, list(hits));
        await Promise.resolve();
      });
    }
    await checkHome(report, region, found, all, isTabled);
  }
}

/** The same search finds at home what was left there; so it would have found it abroad. */
async function checkHome(
  report: Report,
  region: string,
  found: Found,
  all: readonly Canary[],
  isTabled: boolean,
): Promise<void> {
  const own = [...new Set(all.filter((one) => one.region === region).map(({ what }) => what))];
  const isAt = (place: typeof PLACES[number], what: string) =>
    found[place].hits.some((hit) => hit.what === `${region}'s ${what}`);
  const row = (what: string) => ["   ", what, ...PLACES.map((at) => isAt(at, what) ? "yes" : "–")];
  if (isTabled) table([["   ", `${region}'s own`, ...PLACES], ...own.map(row)]);
  await report.step(`what is ${region}'s own is found there by the same search`, async () => {
    expect(isAt("databases", "title of a document"), "no title in the databases");
    expect(isAt("databases", "family name of a patient"), "no patient in the databases");
    expect(isAt("databases", "comment on a task"), "no comment in the databases");
    expect(isAt("databases", "id of a user"), "no user in the databases");
    expect(isAt("files", "text of a document"), "no document in the files");
    expect(isAt("redis", "id of a clinic"), "no clinic in Redis");
    await Promise.resolve();
  });
  await report.step(`no secret of ${region}'s people is there in clear`, async () => {
    const secrets = SECRETS.filter((what) => PLACES.some((place) => isAt(place, what)));
    expect(secrets.length === 0, secrets.join(", "));
    await Promise.resolve();
  });
}

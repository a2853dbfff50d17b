/** Two regions live side by side: their people sign up, work at home, and work abroad. */
import { z } from "zod";
import { until } from "../client.ts";
import { expect, type Report, say, table } from "../demo/report.ts";
import { otherOf, type RegionName, REGIONS } from "./canaries.ts";
import {
  type Answer,
  call,
  good,
  isUnavailable,
  leaveThings,
  type Left,
  type Person,
  register,
  signIn,
} from "./people.ts";
import { abroad, atHome, DELAY_MS, LOST_REGION, urlOf, type World } from "./world.ts";

/** Somebody with what they left behind. */
export type Resident = { person: Person; left: Left };
export type Residents = Record<RegionName, { homebody: Resident; traveller: Resident }>;

const ROUNDS = 40;
const HOP = "x-praxis-region-hop";

const Keys = z.object({ keys: z.array(z.object({ kid: z.string() })) });
const Issuer = z.object({ issuer: z.string() });
const Me = z.object({ id: z.string() });
const Tokens = z.object({ accessToken: z.string(), refreshToken: z.string().optional() });
const Found = z.object({ items: z.array(z.object({ document: z.object({ id: z.string() }) })) });

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

export async function startBoth(report: Report, world: World): Promise<boolean> {
  say("\nTwo regions");
  for (const region of REGIONS) {
    const started = await report.step(`region ${region} starts`, async () => {
      const startedAt = performance.now();
      const { processes } = await world.start(region);
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      return `${processes} processes after ${seconds} s`;
    });
    if (started === undefined) return false;
  }
  for (const region of REGIONS) {
    if (world.network.shared !== undefined) break;
    await report.step(`from ${region} only the relay can be reached`, async () => {
      const { hostname, port } = world.settings[otherOf(region)].door;
      const direct = await world.regions.get(region)!.reach({ hostname, port });
      expect(direct !== "reached", "the other region's door can");
      const shore = { hostname: world.network.sites[region].shore };
      const relay = { ...shore, port: world.oceans[region].port };
      expect(await world.regions.get(region)!.reach(relay) === "reached", "not even the relay");
      return direct;
    });
  }
  await report.step("they have issuers and keys of their own", async () => {
    const ask = async (region: RegionName) => {
      const url = urlOf(world, region);
      const { keys } = await good(call(url, "/.well-known/jwks.json"), Keys);
      const about = call(url, "/.well-known/openid-configuration");
      return [(await good(about, Issuer)).issuer, ...keys.map(({ kid }) => kid)];
    };
    const [eu, ca] = [await ask("eu"), await ask("ca")];
    expect(eu.every((name) => !ca.includes(name)), `${eu} and ${ca}`);
  });
  await report.step("people of a region whose name does not resolve are told so", async () => {
    const token = `${LOST_REGION}_${"x".repeat(43)}`;
    const answer = await call(urlOf(world, "eu"), "/api/identity/users/me", { token });
    expect(isUnavailable(answer), `answered ${answer.status}: ${answer.text.slice(0, 200)}`);
    return `503 after ${Math.round(answer.ms)} ms`;
  });
  return true;
}

async function signUp(report: Report, world: World, region: RegionName) {
  const url = urlOf(world, region);
  const other = otherOf(region);
  const homebody = await report.step(
    `somebody registers in ${region}, and stays there`,
    () => register(url, region, { travels: false }),
  );
  const traveller = await report.step(
    `somebody else registers in ${region}, and will travel`,
    () => register(url, region, { travels: true }),
  );
  if (!homebody || !traveller) return undefined;
  await report.step(`${other} does not know the traveller`, async () => {
    const { email, password } = traveller;
    const json = { email, password, client: "api" };
    const { status } = await call(urlOf(world, other), "/auth/login", { json });
    expect(status === 401, `answered ${status}`);
  });
  await report.step(`unless the sign-in names ${region}: then it is handed over`, async () => {
    const { email, password } = traveller;
    const json = { email, password, client: "api", region };
    const ask = abroad(world, traveller);
    const { accessToken, refreshToken } = await good(ask("/auth/login", { json }), Tokens);
    const { id } = await good(ask("/api/identity/users/me", { token: accessToken }), Me);
    expect(id === traveller.userId, "somebody else");
    await good(ask("/auth/refresh", { json: { refreshToken } }), Tokens);
  });
  return { homebody, traveller };
}

async function workAbroad(report: Report, world: World, { person, left }: Resident) {
  const { token, region } = person;
  const host = otherOf(region);
  const ask = abroad(world, person);
  await report.step(`${region}'s traveller is in ${host} who they are at home`, async () => {
    const { id } = await good(ask("/api/identity/users/me", { token }), Me);
    expect(id === person.userId, "somebody else");
  });
  await report.step("what they filed there comes back byte for byte", async () => {
    const path = `/api/content/documents/${left.documentId}/content`;
    const { status, text } = await ask(path, { token });
    expect(status === 200 && text === left.content, `answered ${status}`);
  });
  await report.step("and is found by a word in it", async () => {
    await until("the search", async () => {
      const answer = ask(`/api/content/search?q=${left.word}`, { token });
      const { items } = await good(answer, Found);
      return items.some(({ document }) => document.id === left.documentId) || undefined;
    });
  });
  await report.step("a browser's cookie refreshes at home from there", async () => {
    const { refreshToken } = await signIn(urlOf(world, region), person.email, person.password);
    const headers = { cookie: `praxis_refresh=${refreshToken}` };
    const answer = await ask("/auth/refresh", { json: {}, headers });
    const { accessToken } = await good(Promise.resolve(answer), Tokens);
    const { id } = await good(ask("/api/identity/users/me", { token: accessToken }), Me);
    expect(id === person.userId, "somebody else");
  });
  await report.step("a link opens there without a sign-in", async () => {
    const { status, text } = await ask(left.link);
    expect(status === 200 && text.startsWith("BEGIN:VCALENDAR"), `answered ${status}`);
  });
  await report.step("signed out there, they are at home, too", async () => {
    const session = await signIn(urlOf(world, region), person.email, person.password);
    const out = await ask("/auth/logout", { json: {}, token: session.accessToken });
    expect(out.status === 204, `answered ${out.status}`);
    await until("the token to be refused", async () => {
      const answer = await atHome(world, person)("/api/identity/users/me", {
        token: session.accessToken,
      });
      return answer.status === 401 || undefined;
    }, 5_000);
  });
  await report.step("a second hop is refused", async () => {
    const headers = { [HOP]: "1" };
    const url = urlOf(world, host);
    const { status, requestId } = await call(url, "/api/identity/users/me", { token, headers });
    expect(status === 401, `answered ${status}`);
    expect(!world.madeAbroad[host].has(requestId), "it counts as handed over");
  });
}

/** Undefined when somebody could not even sign up. */
export async function liveSideBySide(
  report: Report,
  world: World,
): Promise<Residents | undefined> {
  const residents: Partial<Residents> = {};
  for (const region of REGIONS) {
    say(`\nThe people of ${region}`);
    const people = await signUp(report, world, region);
    if (!people) return undefined;
    const { homebody, traveller } = people;
    const atOwn = await report.step(
      "at home: a patient, a document, its task, a message, a calendar",
      () => leaveThings(homebody, atHome(world, homebody)),
    );
    const away = await report.step(
      `the same from ${otherOf(region)}, for the traveller's clinic`,
      () => leaveThings(traveller, abroad(world, traveller)),
    );
    if (!atOwn || !away) return undefined;
    residents[region] = {
      homebody: { person: homebody, left: atOwn },
      traveller: { person: traveller, left: away },
    };
    await workAbroad(report, world, residents[region].traveller);
  }
  await report.step("one address may have an account in each, and they share nothing", async () => {
    const email = `${crypto.randomUUID()}@clinic.example`;
    const [eu, ca] = [
      await register(urlOf(world, "eu"), "eu", { travels: true }, email),
      await register(urlOf(world, "ca"), "ca", { travels: true }, email),
    ];
    expect(eu.userId !== ca.userId, "they are one user");
    const swapped = { email, password: eu.password, client: "api" };
    const { status } = await call(urlOf(world, "ca"), "/auth/login", { json: swapped });
    expect(status === 401, `eu's password answered ${status} in ca`);
  });
  const { eu, ca } = residents as Residents;
  await report.step(
    "who follows a link to the other region leaves their token at home",
    async () => {
      for (
        const [host, { person }, { left }] of [
          ["ca", ca.homebody, eu.traveller],
          ["eu", eu.homebody, ca.traveller],
        ] as const
      ) {
        const given = { token: person.token };
        const { status, text, requestId } = await call(urlOf(world, host), left.link, given);
        world.madeAbroad[host].add(requestId);
        expect(status === 200 && text.startsWith("BEGIN:VCALENDAR"), `answered ${status}`);
      }
      return "what crossed will show it";
    },
  );
  return { eu, ca };
}

/** Prints; how long a request takes is no right or wrong. */
export async function measureDistance(
  report: Report,
  world: World,
  { eu }: Residents,
): Promise<void> {
  say(`\nThe distance, ${2 * DELAY_MS} ms there and back`);
  const { person, left } = eu.traveller;
  const paths: Record<string, string> = {
    "who am I": "/api/identity/users/me",
    "a patient": `/api/practice/patients/${left.patientId}`,
    "a document's bytes": `/api/content/documents/${left.documentId}/content`,
  };
  const rows = [["median of 40, ms", "at home", "through ca", "ratio", "difference"]];
  await report.step("eu's traveller asks by turns at home and through ca", async () => {
    const ask = async (asked: Promise<Answer>) => {
      const { status, ms } = await asked;
      expect(status === 200, `answered ${status}`);
      return ms;
    };
    for (const [name, path] of Object.entries(paths)) {
      const [near, far]: [number[], number[]] = [[], []];
      for (let round = 0; round < ROUNDS; round++) {
        near.push(await ask(atHome(world, person)(path, { token: person.token })));
        far.push(await ask(abroad(world, person)(path, { token: person.token })));
      }
      const [home, away] = [median(near), median(far)];
      const numbers = [home.toFixed(1), away.toFixed(1), (away / home).toFixed(1)];
      rows.push([name, ...numbers, (away - home).toFixed(1)]);
    }
  });
  table(rows);
}

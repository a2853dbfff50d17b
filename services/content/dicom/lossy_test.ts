/** Compares what we make of lossy pictures with DCMTK and GDCM, where these are installed. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { decodeFrame, type Frame } from "./codecs.ts";
import { parse } from "./parsing.ts";
import { pictureOf } from "./pixels.ts";

const folder = new URL("../../../../shared/samples/dicom/", import.meta.url);
const GREY_LEVELS = 2;
const JPEG = "1.2.840.10008.1.2.4.";

async function isInstalled(program: string): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" })
      .output()).success;
  } catch {
    return false;
  }
}

/** What unpacks a transfer syntax, from `source` to `target`. */
const PROGRAMS: Record<string, { program: string; options: string[] }> = {
  ...Object.fromEntries(
    ["50", "51", "53", "55"].map((end) => [JPEG + end, { program: "dcmdjpeg", options: [] }]),
  ),
  [`${JPEG}81`]: { program: "dcmdjpls", options: [] },
  [`${JPEG}91`]: { program: "gdcmconv", options: ["--raw"] },
};
const installed = new Set<string>();
for (const program of ["dcmdjpeg", "dcmdjpls", "gdcmconv"]) {
  if (await isInstalled(program)) installed.add(program);
}

type Sample = { name: string; path: string; program: string; options: string[] };

async function samples(): Promise<Sample[]> {
  const found: Sample[] = [];
  for await (const { name: set } of Deno.readDir(folder)) {
    for await (const { name } of Deno.readDir(new URL(`${set}/`, folder))) {
      const { pathname: path } = new URL(`${set}/${encodeURIComponent(name)}`, folder);
      try {
        const how = PROGRAMS[parse(await Deno.readFile(path)).transferSyntax];
        if (how && installed.has(how.program)) found.push({ name, path, ...how });
      } catch {
        // Damaged: other tests are about those.
      }
    }
  }
  return found.sort((a, b) => a.name < b.name ? -1 : 1);
}

const isThere = await Deno.stat(folder).then(() => true, () => false);
const missing = !isThere
  ? "there are no samples beside the repository"
  : !installed.has("dcmdjpeg")
  ? "dcmdjpeg (Debian: dcmtk) is not installed"
  : false;

describe("decodeFrame, of lossy pictures", { skip: missing }, () => {
  let target: string;
  before(async () => {
    target = await Deno.makeTempFile({ suffix: ".dcm" });
  });
  after(() => Deno.remove(target));

  async function unpacked({ path, program, options }: Sample): Promise<Frame> {
    const { success } = await new Deno.Command(program, {
      args: [...options, path, target],
      stdout: "null",
      stderr: "null",
    }).output();
    ok(success, `${program} cannot read ${path}`);
    return await first(target);
  }
  const first = async (path: string) =>
    await decodeFrame(pictureOf(parse(await Deno.readFile(path)))!, 0);

  it("differs from DCMTK and GDCM by no more than two grey levels", async () => {
    const all = missing ? [] : await samples();
    const far: unknown[] = [];
    for (const sample of all) {
      const [own, theirs] = [await first(sample.path), await unpacked(sample)];
      equal(own.samples.length, theirs.samples.length, sample.name);
      let most = 0;
      for (let at = 0; at < own.samples.length; at++) {
        most = Math.max(most, Math.abs(own.samples[at]! - theirs.samples[at]!));
      }
      if (most > GREY_LEVELS) far.push([sample.name, sample.program, most]);
    }
    deepEqual(far, []);
    ok(all.length >= 15, `${all.length} pictures were compared`);
  });
});

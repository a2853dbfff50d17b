import { equal } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { after, before, describe, it } from "@std/testing/bdd";
import { buildWeb } from "./build.ts";

const FIRST_LOAD_BYTES = 200_000;

type Manifest = Record<string, { file: string; isEntry?: boolean; imports?: string[] }>;

describe("the built app", () => {
  let folder: string;
  let manifest: Manifest;
  const read = (name: string) => Deno.readTextFile(`${folder}/${name}`);

  before(async () => {
    folder = await Deno.makeTempDir({ prefix: "praxis-web-" });
    await buildWeb(folder);
    manifest = JSON.parse(await read(".vite/manifest.json"));
  });
  after(() => Deno.remove(folder, { recursive: true }));

  /** What the browser has to have before anything is seen. */
  function firstLoad(): string[] {
    const files = new Set<string>();
    const add = (name: string) => {
      const { file, imports = [] } = manifest[name]!;
      if (files.has(file)) return;
      files.add(file);
      imports.forEach(add);
    };
    for (const [name, { isEntry }] of Object.entries(manifest)) if (isEntry) add(name);
    return [...files];
  }

  it("starts with at most 200 kB of compressed script", async () => {
    let bytes = 0;
    for (const file of firstLoad()) {
      bytes += gzipSync(await Deno.readFile(`${folder}/${file}`)).length;
    }
    equal(bytes > 50_000 && bytes <= FIRST_LOAD_BYTES, true, `${bytes} bytes`);
  });

  it("leaves the viewers for later", async () => {
    const first = firstLoad().join(" ");
    for (
      const viewer of ["pdf/PdfViewer", "dicom/DicomViewer", "hl7/Hl7Viewer", "ccda/CcdaViewer"]
    ) {
      const { file } = manifest[`src/features/documents/${viewer}.tsx`]!;
      equal(first.includes(file), false, viewer);
      equal((await Deno.stat(`${folder}/${file}`)).isFile, true);
    }
  });

  it("holds no inline script or style, and nothing from outside", async () => {
    const page = await read("index.html");
    equal(/<style|<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=/i.test(page), false);
    equal(/(?:src|href)="(?!\/)/.test(page), false);
    for await (const { name } of Deno.readDir(`${folder}/assets`)) {
      if (!name.endsWith(".css")) continue;
      equal(/url\((?!["']?\/)|@import/.test(await read(`assets/${name}`)), false, name);
    }
  });

  it("brings what pdf.js asks for at run time", async () => {
    const { PDF_ASSETS } = await import("./src/features/documents/pdf/assets.ts");
    for (
      const name of [
        "build/pdf.worker.min.mjs",
        "cmaps/UniJIS-UTF16-H.bcmap",
        "standard_fonts/LiberationSans-Regular.ttf",
      ]
    ) {
      equal((await Deno.stat(`${folder}${PDF_ASSETS}/${name}`)).size > 0, true, name);
    }
    const { version } = JSON.parse(
      await Deno.readTextFile(new URL("../node_modules/pdfjs-dist/package.json", import.meta.url)),
    );
    equal(PDF_ASSETS.endsWith(version), true);
  });
});

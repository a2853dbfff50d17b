/** Serves what pdf.js fetches at run time (worker, fonts, character maps) from our own origin. */
import { createRequire } from "node:module";
import { readdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Plugin } from "vite";
import { PDF_ASSETS } from "../src/features/documents/pdf/assets.ts";

const home = () => dirname(createRequire(import.meta.url).resolve("pdfjs-dist/package.json"));

/** Folders of the package, and which of their files the browser may ask for. */
const FOLDERS: Record<string, RegExp> = {
  build: /^pdf\.worker\.min\.mjs$/,
  cmaps: /\.bcmap$/,
  standard_fonts: /\.(pfb|ttf)$/,
  wasm: /_nowasm_fallback\.js$/,
  iccs: /\.icc$/,
};

const typeOf = (name: string) =>
  /\.m?js$/.test(name) ? "text/javascript" : "application/octet-stream";

export function pdfAssets(): Plugin {
  return {
    name: "praxis:pdf-assets",
    configureServer(server) {
      server.middlewares.use(PDF_ASSETS, (request, response, next) => {
        const [, folder = "", name = ""] = (request.url ?? "").split("?")[0]!.split("/");
        if (!FOLDERS[folder]?.test(name)) return next();
        readFile(`${home()}/${folder}/${name}`).then((bytes) => {
          response.setHeader("content-type", typeOf(name));
          response.end(bytes);
        }, next);
      });
    },
    async generateBundle() {
      for (const [folder, wanted] of Object.entries(FOLDERS)) {
        for (const name of await readdir(`${home()}/${folder}`).catch(() => [])) {
          if (!wanted.test(name)) continue;
          const source = await readFile(`${home()}/${folder}/${name}`);
          this.emitFile({
            type: "asset",
            fileName: `${PDF_ASSETS.slice(1)}/${folder}/${name}`,
            source,
          });
        }
      }
    },
  };
}

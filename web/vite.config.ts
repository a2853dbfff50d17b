/** How the web app is bundled and, in development, served. */
import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { onlyOurLanguages } from "./build/languages.ts";
import { pdfAssets } from "./build/pdf_assets.ts";

export default defineConfig({
  root: import.meta.dirname!,
  plugins: [react(), tailwind(), onlyOurLanguages(), pdfAssets()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    manifest: true,
    target: "es2023",
    // A data: URL in a style or script would need a wider Content-Security-Policy.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});

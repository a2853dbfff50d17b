/** Leaves React Aria's own texts in, for the languages Praxis speaks, and out for thirty others. */
import type { Plugin } from "vite";

const OTHER_LANGUAGE =
  /[\\/]intl[\\/](?:[\w-]+[\\/])*(?!en-US|fr-FR|de-DE)[a-z]{2}-[A-Z]{2}\.m?js$/;

export function onlyOurLanguages(): Plugin {
  return {
    name: "praxis:languages",
    enforce: "pre",
    load: (id) => OTHER_LANGUAGE.test(id.split("?")[0]!) ? "export default {};" : null,
  };
}

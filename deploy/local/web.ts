/** The built web app that the gateway serves, where it is not passed through to Vite. */

/** The folder of the built app as a URL, or undefined when there is none. */
export function builtWeb(root: string): string | undefined {
  try {
    Deno.statSync(`${root}/web/dist/index.html`);
    return `file://${encodeURI(root)}/web/dist/`;
  } catch {
    return undefined;
  }
}

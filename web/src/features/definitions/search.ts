/** Which version and which pane of a definition the page's address names. */

const PANES = ["source", "diff", "simulate"] as const;

export type DefinitionSearch = {
  version?: number;
  pane?: typeof PANES[number] | undefined;
};

export function readDefinitionSearch(given: Record<string, unknown>): DefinitionSearch {
  const version = Number(given.version);
  const pane = PANES.find((value) => value === given.pane);
  return {
    ...(Number.isInteger(version) && version > 0 ? { version } : {}),
    ...(pane ? { pane } : {}),
  };
}

export type EditorSearch = { from?: string; kind?: "pathway" };

/** `from`: the version that a new one begins with, as `key@3`. */
export function readEditorSearch({ from, kind }: Record<string, unknown>): EditorSearch {
  const isNamed = typeof from === "string" && /^[a-zA-Z\d-]{1,63}@[1-9]\d{0,5}$/.test(from);
  return { ...(isNamed ? { from } : {}), ...(kind === "pathway" ? { kind } : {}) };
}

/** Texts of cards, with values in them. */

/** What could become a link, an image or markup in Markdown is left out. */
const plain = (value: unknown): string => {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string") return "";
  return value.slice(0, 200).replaceAll(/[^\p{L}\p{N} .,;:%/+–-]/gu, "").replaceAll("//", "/");
};

/** `{{name}}` is the value of that name; `{{output.name}}` a part of the output. */
export function fill(template: string, values: Record<string, unknown>): string {
  return template.replaceAll(/\{\{\s*([^{}]{1,200}?)\s*\}\}/g, (_, path: string) => {
    if (Object.hasOwn(values, path)) return plain(values[path]);
    const [head, ...rest] = path.split(".");
    const outer = Object.hasOwn(values, head!) ? values[head!] : undefined;
    const inner = rest.join(".");
    return typeof outer === "object" && outer !== null && Object.hasOwn(outer, inner)
      ? plain((outer as Record<string, unknown>)[inner])
      : "";
  });
}

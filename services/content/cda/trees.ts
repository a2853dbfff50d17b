/** XML as a tree in document order, by fast-xml-parser, without entities and within limits. */
import { XMLParser } from "fast-xml-parser";

export const DEPTH_MAX = 200;
/** Start and end tags together. The longest real documents have some ten thousand. */
export const TAGS_MAX = 600_000;
/** A tag with all its attributes. */
const TAG_CHARS_MAX = 64 * 1024;

export type Node = {
  name: string;
  attributes: Record<string, string>;
  children: (Node | string)[];
};

/** How fast-xml-parser says order: one key is the name, `:@` its attributes. */
type Raw = Record<string, Raw[] | string | Record<string, string>>;

const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The five entities of XML itself and numbers; those that a document declares are never expanded. */
const decoded = (text: string) =>
  text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name) return NAMED[name.toLowerCase()] ?? whole;
      const code = hex ? parseInt(hex, 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : " ";
    },
  );

/** Before the parser, whose time grows faster than the number of tags. */
function checkTags(text: string): void {
  let tags = 0;
  for (let open = text.indexOf("<"); open !== -1; open = text.indexOf("<", open + 1)) {
    if (++tags > TAGS_MAX) throw new Error("too many tags");
    if (text.startsWith("<!", open) || text.startsWith("<?", open)) continue;
    const end = text.indexOf(">", open);
    if (end - open > TAG_CHARS_MAX) throw new Error("a tag is too long");
    // Without an end the parser refuses it; looking again from every `<` would cost the square.
    if (end === -1) return;
  }
}

/** The root element. @throws Error when the text is no XML, or nests too deeply */
export function parseXml(text: string): Node {
  checkTags(text);
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: "",
    removeNSPrefix: true,
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    processEntities: false,
    cdataPropName: "#cdata",
    maxNestedTags: DEPTH_MAX,
  });
  const raw = parser.parse(text, false) as Raw[];
  const root = raw.map(toNode).find((node) => typeof node === "object" && node.name[0] !== "?");
  if (typeof root !== "object") throw new Error("no root element");
  return root;
}

function toNode(raw: Raw): Node | string {
  const name = Object.keys(raw).find((key) => key !== ":@") ?? "";
  const value = raw[name];
  if (name === "#text") return decoded(String(value));
  if (name === "#cdata") {
    return (value as Raw[]).map((part) => String(part["#text"] ?? "")).join("");
  }
  const attributes = Object.fromEntries(
    Object.entries((raw[":@"] ?? {}) as Record<string, string>)
      .map(([key, attribute]) => [key, decoded(String(attribute))]),
  );
  return { name, attributes, children: (value as Raw[]).map(toNode) };
}

const isNode = (child: Node | string): child is Node => typeof child === "object";

/** The elements at `path` below `node`: `all(role, "patient", "name")`. */
export function all(node: Node | undefined, ...path: string[]): Node[] {
  if (!node) return [];
  return path.reduce(
    (nodes, name) =>
      nodes.flatMap(({ children }) =>
        children.filter(isNode).filter((child) => child.name === name)
      ),
    [node],
  );
}

export const one = (node: Node | undefined, ...path: string[]): Node | undefined =>
  all(node, ...path)[0];

/** Every element called `name` anywhere below, in order; not below one that was found. */
export function anywhere(node: Node, name: string): Node[] {
  return node.children.filter(isNode).flatMap((child) =>
    child.name === name ? [child] : anywhere(child, name)
  );
}

/** All text below, spaces as a browser would show them. */
export function wordsOf(node: Node | string | undefined): string {
  if (node === undefined) return "";
  const text = (part: Node | string): string =>
    typeof part === "string" ? part : part.name === "br" ? "\n" : part.children.map(text).join("");
  return text(node).replace(/[^\S\n]+/g, " ").replace(/ ?\n[\s]*/g, "\n").trim();
}

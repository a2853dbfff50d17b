/** XML in and out, without entities, document types, or an end that is far away. */
import { XMLParser } from "fast-xml-parser";

export const XML_CHARS_MAX = 512 * 1024;
const DEPTH_MAX = 100;
const TAGS_MAX = 50_000;

export type Element = {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
};

/** How fast-xml-parser says order: one key is the name, `:@` its attributes. */
type Raw = Record<string, unknown>;

const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** XML's own five entities and numbers. */
const decoded = (text: string) =>
  text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name) return NAMED[name.toLowerCase()] ?? whole;
      const code = hex ? parseInt(hex, 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : " ";
    },
  );

function toElement(raw: Raw): Element {
  const name = Object.keys(raw).find((key) => key !== ":@") ?? "";
  const attributes = Object.fromEntries(
    Object.entries((raw[":@"] ?? {}) as Record<string, string>)
      .map(([key, value]) => [key, decoded(String(value))]),
  );
  const element: Element = { name, attributes, children: [], text: "" };
  for (const child of raw[name] as Raw[]) {
    if ("#text" in child) element.text += decoded(String(child["#text"]));
    else if ("#cdata" in child) {
      element.text += (child["#cdata"] as Raw[]).map((part) => String(part["#text"] ?? "")).join(
        "",
      );
    } else element.children.push(toElement(child));
  }
  return element;
}

/** The root, with names without their prefixes. @throws Error that says what is wrong */
export function parseXml(text: string): Element {
  if (text.length > XML_CHARS_MAX) throw new Error("the document is too long");
  // A document type is where entities, and other people's files, come from.
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) throw new Error("a document type is not taken");
  if (text.split("<", TAGS_MAX + 2).length > TAGS_MAX) throw new Error("too many tags");
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
  const roots = (parser.parse(text, true) as Raw[]).filter((raw) => !("#text" in raw))
    .map(toElement).filter(({ name }) => name !== "" && !name.startsWith("?"));
  if (roots.length !== 1) throw new Error("there is not exactly one root element");
  return roots[0]!;
}

export const childrenOf = (element: Element, name: string): Element[] =>
  element.children.filter((child) => child.name === name);
export const childOf = (element: Element, name: string): Element | undefined =>
  element.children.find((child) => child.name === name);

const escapes: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
  "\r": "&#13;",
  "\t": "&#9;",
};
const escaped = (text: string) => text.replaceAll(/[&<>"\n\r\t]/g, (one) => escapes[one]!);

/** An element as text; attributes without a value are left out. */
export function element(
  name: string,
  attributes: Record<string, string | undefined>,
  ...children: string[]
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(value!)}"`).join("");
  return children.length === 0
    ? `<${name}${written}/>`
    : `<${name}${written}>${children.join("")}</${name}>`;
}
export const textElement = (name: string, text: string): string =>
  `<${name}>${escaped(text)}</${name}>`;

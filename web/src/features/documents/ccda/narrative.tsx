/** The narrative of a C-CDA, built from an allow-list of its elements: nothing of the file is ever markup of ours. */
import { createElement, Fragment, type ReactNode } from "react";

export const HL7_NAMESPACE = "urn:hl7-org:v3";
const DEPTH_MAX = 40;

/** CDA R2 §4.3.5: elements that have a plain HTML counterpart without attributes. */
const SAME: Record<string, string> = {
  thead: "thead",
  tbody: "tbody",
  tfoot: "tfoot",
  tr: "tr",
  sub: "sub",
  sup: "sup",
  caption: "caption",
  paragraph: "p",
  item: "li",
};

const spanOf = (value: string | null): number | undefined => {
  const span = Number(value);
  return Number.isInteger(span) && span > 1 && span <= 100 ? span : undefined;
};

export type Phrases = { linkTo: (href: string) => string };

export const childrenOf = (element: Element, name: string): Element[] =>
  [...element.children].filter(({ localName }) => localName === name);

const isBlank = (node: Node) => node.nodeType !== 1 && (node.textContent ?? "").trim() === "";

/** Table parts may not hold white space between their elements. */
const STRICT = new Set(["table", "thead", "tbody", "tfoot", "tr", "list"]);

export function Narrative({ element, phrases }: { element: Element; phrases: Phrases }): ReactNode {
  return inside(element, phrases, 0);
}

function inside(element: Element, phrases: Phrases, depth: number): ReactNode[] {
  if (depth > DEPTH_MAX) return [element.textContent];
  const nodes = [...element.childNodes]
    .filter((node) => !STRICT.has(element.localName) || !isBlank(node));
  return nodes.map((node, at) => {
    if (node.nodeType === 3 || node.nodeType === 4) {
      return STRICT.has(element.localName) ? null : node.textContent;
    }
    return node.nodeType === 1
      ? <Fragment key={at}>{render(node as Element, phrases, depth + 1)}</Fragment>
      : null;
  });
}

function render(element: Element, phrases: Phrases, depth: number): ReactNode {
  const name = element.localName;
  const content = () => inside(element, phrases, depth);
  switch (name) {
    case "br":
      return <br />;
    case "table":
      return (
        <div className="my-2 overflow-x-auto" tabIndex={0}>
          <table>{tableParts(element, phrases, depth)}</table>
        </div>
      );
    case "col":
    case "colgroup":
    case "renderMultiMedia":
    case "footnoteRef":
      return null;
    case "td":
    case "th":
      return createElement(name, {
        colSpan: spanOf(element.getAttribute("colspan")),
        rowSpan: spanOf(element.getAttribute("rowspan")),
      }, ...content());
    case "list": {
      const isOrdered = element.getAttribute("listType") === "ordered";
      const title = childrenOf(element, "caption")[0];
      const items = childrenOf(element, "item").map((item, at) => (
        <li key={at}>{inside(item, phrases, depth)}</li>
      ));
      return (
        <>
          {title && <p className="caption">{inside(title, phrases, depth)}</p>}
          {isOrdered ? <ol>{items}</ol> : <ul>{items}</ul>}
        </>
      );
    }
    case "linkHtml": {
      // Where it leads is shown, not followed: the file may say anything.
      const href = element.getAttribute("href") ?? "";
      const isOutside = /^https?:\/\//i.test(href);
      return <>{content()}{isOutside && ` (${phrases.linkTo(href.slice(0, 300))})`}</>;
    }
    case "content": {
      const style = element.getAttribute("styleCode") ?? "";
      if (/\bBold\b/i.test(style)) return <strong>{content()}</strong>;
      if (/\bItalics\b/i.test(style)) return <em>{content()}</em>;
      if (/\bUnderline\b/i.test(style)) return <u>{content()}</u>;
      return <>{content()}</>;
    }
    case "caption":
      return <p className="caption">{content()}</p>;
    default:
      return SAME[name] ? createElement(SAME[name], null, ...content()) : <>{content()}</>;
  }
}

/** Rows without a body get one, as HTML wants it. */
function tableParts(table: Element, phrases: Phrases, depth: number): ReactNode[] {
  const parts: ReactNode[] = [];
  for (const [at, part] of [...table.children].entries()) {
    const name = part.localName;
    if (name === "caption" || name === "thead" || name === "tbody" || name === "tfoot") {
      const content = inside(part, phrases, depth + 1);
      if (name === "caption") parts.push(<caption key={at}>{content}</caption>);
      else parts.push(createElement(name, { key: at }, ...content));
    } else if (name === "tr") {
      parts.push(
        <tbody key={at}>
          <tr>{inside(part, phrases, depth + 1)}</tr>
        </tbody>,
      );
    }
  }
  return parts;
}

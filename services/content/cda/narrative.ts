/** The narrative of a section as blocks that a viewer can show (CDA R2, 4.3.5). */
import { all, type Node, one, wordsOf } from "./trees.ts";

export type Block =
  | { kind: "paragraph"; text: string }
  | { kind: "list"; isOrdered: boolean; caption?: string; items: { level: number; text: string }[] }
  | { kind: "table"; caption?: string; head: string[][]; rows: string[][] };

const BLOCKS = new Set(["paragraph", "list", "table"]);
/** A colour, a place: what is not shown to people. */
const HIDDEN = new Set(["renderMultiMedia"]);

export function blocksOf(text: Node | undefined): Block[] {
  if (!text) return [];
  const blocks: Block[] = [];
  let loose: (Node | string)[] = [];
  const flush = () => {
    const words = wordsOf({ name: "", attributes: {}, children: loose });
    if (words !== "") blocks.push({ kind: "paragraph", text: words });
    loose = [];
  };
  for (const child of text.children) {
    if (typeof child === "string" || (!BLOCKS.has(child.name) && !holdsBlocks(child))) {
      if (typeof child === "string" || !HIDDEN.has(child.name)) loose.push(child);
      continue;
    }
    flush();
    if (child.name === "list") blocks.push(listOf(child));
    else if (child.name === "table") blocks.push(tableOf(child));
    else blocks.push(...paragraphsOf(child));
  }
  flush();
  return blocks;
}

const holdsBlocks = (node: Node): boolean =>
  node.children.some((child) =>
    typeof child === "object" && (BLOCKS.has(child.name) || holdsBlocks(child))
  );

function paragraphsOf(node: Node): Block[] {
  if (holdsBlocks(node)) return blocksOf(node);
  const text = wordsOf(node);
  return text === "" ? [] : [{ kind: "paragraph", text }];
}

const captionOf = (node: Node) => {
  const caption = wordsOf(one(node, "caption"));
  return caption === "" ? {} : { caption };
};

function listOf(list: Node): Block {
  const items: { level: number; text: string }[] = [];
  const collect = (of: Node, level: number) => {
    for (const item of all(of, "item")) {
      const own = item.children.filter((child) =>
        typeof child === "string" || child.name !== "list"
      );
      // Blocks inside an item stand apart; what is inline flows together.
      const text = blocksOf({ ...item, children: own }).flatMap(wordsOfBlock).join("\n");
      if (text !== "") items.push({ level, text });
      for (const inner of all(item, "list")) collect(inner, level + 1);
    }
  };
  collect(list, 0);
  return {
    kind: "list",
    isOrdered: list.attributes["listType"] === "ordered",
    ...captionOf(list),
    items,
  };
}

function tableOf(table: Node): Block {
  const rowsIn = (parts: Node[]) =>
    parts.flatMap((part) => all(part, "tr")).map((row) =>
      row.children.filter((cell): cell is Node => typeof cell === "object")
        .map((cell) => blocksOf(cell).flatMap(wordsOfBlock).join("\n"))
    );
  return {
    kind: "table",
    ...captionOf(table),
    head: rowsIn(all(table, "thead")),
    rows: rowsIn([...all(table, "tbody"), table, ...all(table, "tfoot")]),
  };
}

/** A block as lines of text, for search. */
export function wordsOfBlock(block: Block): string[] {
  if (block.kind === "paragraph") return [block.text];
  const caption = block.caption ? [block.caption] : [];
  if (block.kind === "list") return [...caption, ...block.items.map(({ text }) => text)];
  return [...caption, ...[...block.head, ...block.rows].map((row) => row.join(" ").trim())];
}

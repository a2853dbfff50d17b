/** Walks the XML of office documents by saxes, piece by piece: it builds no tree and knows no DTD. */
import { SaxesParser } from "saxes";

const DEPTH_MAX = 500;

/** Names come without their prefixes: every program writes the usual ones, some write others. */
export type Visitor = {
  open?(name: string, attribute: (name: string) => string | undefined): void;
  text?(text: string): void;
  close?(name: string): void;
  /** True: the rest is not looked at. */
  isDone?(): boolean;
};

const localOf = (name: string) => name.slice(name.indexOf(":") + 1);

/** @throws Error when it is no XML, nests too deeply, or declares a document type */
export async function walk(pieces: AsyncIterable<string>, visitor: Visitor): Promise<void> {
  const parser = new SaxesParser<{ position: false; xmlns: false }>({
    position: false,
    xmlns: false,
  });
  let depth = 0;
  let isEmpty = true;
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("doctype", () => {
    throw new Error("office documents declare no document type");
  });
  parser.on("opentag", ({ name, attributes }) => {
    if (++depth > DEPTH_MAX) throw new Error("nested too deeply");
    visitor.open?.(localOf(name), (wanted) => {
      for (const key in attributes) if (localOf(key) === wanted) return attributes[key];
      return undefined;
    });
  });
  parser.on("text", (text) => visitor.text?.(text));
  parser.on("cdata", (text) => visitor.text?.(text));
  parser.on("closetag", ({ name }) => {
    depth--;
    visitor.close?.(localOf(name));
  });
  for await (const piece of pieces) {
    if (piece === "") continue;
    isEmpty = false;
    parser.write(piece);
    if (visitor.isDone?.()) return;
  }
  if (!isEmpty) parser.close();
}

/** The text of Rich Text Format 1.9.1: one walk over groups, control words and characters. */
import { trimLines } from "./words.ts";

const DEPTH_MAX = 1_000;

/** Groups that hold no text of the document. `\*` marks all others that a reader may not know. */
const SILENT = new Set(
  ("fonttbl colortbl stylesheet info pict object objdata themedata colorschememapping datastore " +
    "latentstyles listtable listoverridetable rsidtbl generator xmlnstbl fldinst filetbl revtbl")
    .split(" "),
);

const SAID: Record<string, string> = {
  par: "\n",
  line: "\n",
  sect: "\n",
  page: "\n",
  row: "\n",
  tab: "\t",
  cell: "\t",
  emdash: "—",
  endash: "–",
  lquote: "‘",
  rquote: "’",
  ldblquote: "“",
  rdblquote: "”",
  bullet: "•",
  "~": " ",
  _: "-",
};

const TOKEN =
  /\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)/gi;

type Group = { isSilent: boolean; skip: number };

const decoderOf = (codePage: string) => {
  try {
    return new TextDecoder(`windows-${codePage}`);
  } catch {
    return new TextDecoder("windows-1252");
  }
};

/** @throws Error when groups nest too deeply */
export function textOfRtf(bytes: Uint8Array, charsMax: number): string {
  const source = new TextDecoder("windows-1252").decode(bytes);
  const found: string[] = [];
  let chars = 0;
  let decoder = decoderOf("1252");
  const groups: Group[] = [];
  let group: Group = { isSilent: false, skip: 1 };
  /** Characters that stand for one that was said by its number. */
  let left = 0;
  let pending: number[] = [];
  const say = (text: string) => {
    if (group.isSilent || text === "") return;
    found.push(text);
    chars += text.length;
  };
  const flush = () => {
    if (pending.length > 0) say(decoder.decode(Uint8Array.from(pending)));
    pending = [];
  };
  TOKEN.lastIndex = 0;
  for (let token; (token = TOKEN.exec(source)) && chars <= charsMax;) {
    const [, word, number, hex, symbol, brace, plain] = token;
    if (hex !== undefined) {
      // Two of them may be one character: they are decoded together.
      if (left > 0) left--;
      else pending.push(parseInt(hex, 16));
      continue;
    }
    flush();
    if (brace === "{") {
      groups.push(group);
      if (groups.length > DEPTH_MAX) throw new Error("nested too deeply");
      group = { ...group };
    } else if (brace === "}") {
      group = groups.pop() ?? group;
      left = 0;
    } else if (plain !== undefined) {
      say(plain.slice(left));
      left = Math.max(0, left - plain.length);
    } else if (word === "bin") TOKEN.lastIndex += Math.max(0, Number(number ?? 0));
    else if (word === "u") {
      const code = Number(number ?? 0);
      say(String.fromCharCode(code < 0 ? code + 65_536 : code));
      left = group.skip;
    } else if (word === "uc") group.skip = Math.max(0, Number(number ?? 1));
    else if (word === "ansicpg") decoder = decoderOf(number ?? "1252");
    else if (symbol === "*" || word !== undefined && SILENT.has(word)) group.isSilent = true;
    else if (symbol !== undefined && /[\\{}]/.test(symbol)) say(symbol);
    else say(SAID[word ?? symbol ?? ""] ?? "");
  }
  flush();
  return trimLines(found.join(""));
}

/**
 * DICOM's character sets (PS3.3 C.12.1.1.2, PS3.5 6.1): single ones, and several in one value by
 * the escape sequences of ISO 2022. Each half (G0 below 0x80, G1 above) is decoded by TextDecoder.
 */

type Half = { label: string; width: 1 | 2; form: "plain" | "high" | "jis0212" };

const plain = (label: string): Half => ({ label, width: 1, form: "plain" });
const ASCII = plain("windows-1252");
/** Half-width katakana above, Latin below. */
const JIS_X0201 = plain("shift_jis");
/** Two bytes that are the same in EUC with the high bits set. */
const JIS_X0208: Half = { label: "euc-jp", width: 2, form: "high" };
const JIS_X0212: Half = { label: "euc-jp", width: 2, form: "jis0212" };
const KS_X1001: Half = { label: "euc-kr", width: 2, form: "high" };
const GB2312: Half = { label: "gbk", width: 2, form: "high" };

/** By the number in the defined term: what stands above 0x80. */
const SINGLE: Record<string, Half> = {
  "6": ASCII,
  "13": JIS_X0201,
  "100": plain("windows-1252"),
  "101": plain("iso-8859-2"),
  "109": plain("iso-8859-3"),
  "110": plain("iso-8859-4"),
  "126": plain("iso-8859-7"),
  "127": plain("iso-8859-6"),
  "138": plain("iso-8859-8"),
  "144": plain("iso-8859-5"),
  "148": plain("windows-1254"),
  "149": KS_X1001,
  "58": GB2312,
  "166": plain("windows-874"),
  "203": plain("iso-8859-15"),
};

type Target = { half: 0 | 1; set: Half };
const g0 = (set: Half): Target => ({ half: 0, set });
const g1 = (set: Half): Target => ({ half: 1, set });

/** What follows ESC (PS3.3, tables C.12-3 and C.12-4). */
const ESCAPES: Record<string, Target> = {
  "(B": g0(ASCII),
  "(J": g0(JIS_X0201),
  ")I": g1(JIS_X0201),
  "$B": g0(JIS_X0208),
  "$@": g0(JIS_X0208),
  "$(D": g0(JIS_X0212),
  "$)C": g1(KS_X1001),
  "$)A": g1(GB2312),
  "-A": g1(SINGLE["100"]!),
  "-B": g1(SINGLE["101"]!),
  "-C": g1(SINGLE["109"]!),
  "-D": g1(SINGLE["110"]!),
  "-F": g1(SINGLE["126"]!),
  "-G": g1(SINGLE["127"]!),
  "-H": g1(SINGLE["138"]!),
  "-L": g1(SINGLE["144"]!),
  "-M": g1(SINGLE["148"]!),
  "-T": g1(SINGLE["166"]!),
  "-b": g1(SINGLE["203"]!),
};

const decoders = new Map<string, TextDecoder>();
function decoderOf(label: string): TextDecoder {
  const known = decoders.get(label);
  if (known) return known;
  const made = new TextDecoder(label, { ignoreBOM: true });
  decoders.set(label, made);
  return made;
}

/** What Specific Character Set says, its values already separated. */
export type CharacterSets = string[];

/** The terms as people also write them: `ISO-IR 100`, `ISO 2022 IR 100`, `iso_ir_192`, `UTF-8`. */
function termOf(value: string | undefined): string {
  const text = (value ?? "").trim().toUpperCase();
  if (text === "") return "6";
  if (/^(GB18030|GBK)$/.test(text)) return text.toLowerCase();
  if (/192$|UTF-?8/.test(text)) return "utf-8";
  return text.match(/(?:IR)[ _-]*(\d+)$/)?.[1] ?? "6";
}

/** Where a value or a component ends, the sets are those of the beginning again. */
const isReset = (byte: number, isName: boolean) =>
  byte === 0x09 || byte === 0x0a || byte === 0x0c || byte === 0x0d || byte === 0x5c ||
  (isName && (byte === 0x5e || byte === 0x3d));

/** Text in `sets`; never throws: what cannot be read becomes U+FFFD. */
export function decodeText(bytes: Uint8Array, sets: CharacterSets, isName = false): string {
  const first = termOf(sets[0]);
  if (first === "gb18030" || first === "gbk") return decoderOf(first).decode(bytes);
  if (first === "utf-8") return utf8Or(bytes, "windows-1252");
  const upper = SINGLE[first] ?? ASCII;
  if (!bytes.includes(0x1b)) {
    // Nothing declared, or plain ASCII: many write UTF-8 all the same.
    if (first === "6") return utf8Or(bytes, "windows-1252");
    if (upper.width === 1) return decoderOf(upper.label).decode(bytes);
  }
  return decodeSwitching(bytes, upper, isName);
}

function utf8Or(bytes: Uint8Array, other: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return decoderOf(other).decode(bytes);
  }
}

function decodeSwitching(bytes: Uint8Array, upper: Half, isName: boolean): string {
  const initial: [Half, Half] = [upper === JIS_X0201 ? JIS_X0201 : ASCII, upper];
  let current: [Half, Half] = [...initial];
  let text = "";
  let at = 0;
  while (at < bytes.byteLength) {
    const byte = bytes[at]!;
    if (byte === 0x1b) {
      const three = String.fromCharCode(...bytes.subarray(at + 1, at + 4));
      const escape = ESCAPES[three] ? three : three.slice(0, 2);
      const target = ESCAPES[escape];
      if (target) current[target.half] = target.set;
      at += 1 + (target ? escape.length : 0);
      continue;
    }
    const set = byte < 0x80 ? current[0] : current[1];
    if (byte < 0x21 || (byte < 0x80 && set.width === 1)) {
      text += decoderOf(set.width === 1 ? set.label : ASCII.label).decode(
        bytes.subarray(at, at + 1),
      );
      if (isReset(byte, isName)) current = [...initial];
      at++;
      continue;
    }
    if (set.width === 1) {
      let end = at + 1;
      while (end < bytes.byteLength && bytes[end]! >= 0x80) end++;
      text += decoderOf(set.label).decode(bytes.subarray(at, end));
      at = end;
      continue;
    }
    const pair = [byte | 0x80, (bytes[at + 1] ?? 0) | 0x80];
    text += decoderOf(set.label).decode(
      Uint8Array.from(set.form === "jis0212" ? [0x8f, ...pair] : pair),
    );
    at += 2;
  }
  return text;
}

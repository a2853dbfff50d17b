/** The text of spreadsheets as ECMA-376 keeps them: cells point at strings that stand elsewhere. */
import type { Archive } from "./archive.ts";
import { walk } from "./elements.ts";
import type { Text } from "./words.ts";

const STRINGS_MAX = 2_000_000;

async function sharedStringsOf({ text }: Archive): Promise<string[]> {
  const strings: string[] = [];
  let current: string[] | undefined;
  let isText = false;
  // Reading aids of East Asian text repeat what they explain.
  let isAid = false;
  await walk(text("xl/sharedStrings.xml"), {
    open(element) {
      if (element === "si") current = [];
      if (element === "rPh") isAid = true;
      isText = element === "t";
    },
    text(words) {
      if (isText && !isAid) current?.push(words);
    },
    close(element) {
      isText = false;
      if (element === "rPh") isAid = false;
      if (element !== "si") return;
      strings.push(current?.join("") ?? "");
      current = undefined;
      if (strings.length > STRINGS_MAX) throw new Error("too many strings");
    },
  });
  return strings;
}

async function sheetNamesOf({ text }: Archive): Promise<string[]> {
  const names: string[] = [];
  await walk(text("xl/workbook.xml"), {
    open(element, attribute) {
      if (element === "sheet" && names.length < 1_000) names.push(attribute("name") ?? "");
    },
  });
  return names;
}

/** Row by row, cells parted by tabs. Answers the sheets' names, which are in the text as well. */
export async function addSheets(
  archive: Archive,
  sheets: string[],
  into: Text,
): Promise<string[]> {
  const names = await sheetNamesOf(archive);
  const strings = await sharedStringsOf(archive);
  into.add(`${names.join("\n")}\n`);
  for (const sheet of sheets) {
    let type: string | undefined;
    let value: string[] | undefined;
    await walk(archive.text(sheet), {
      open(element, attribute) {
        if (element === "c") type = attribute("t");
        else if (element === "v" || element === "t") value = [];
      },
      text(words) {
        value?.push(words);
      },
      close(element) {
        if (element === "row") into.add("\n");
        if (!value || element !== "v" && element !== "t") return;
        const found = value.join("");
        value = undefined;
        into.add(`${type === "s" ? strings[Number(found)] ?? "" : found}\t`);
      },
      isDone: into.isFull,
    });
    if (into.isFull()) break;
  }
  return names;
}

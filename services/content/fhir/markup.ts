/** Takes the tags off HTML and XML. */

const NAMED: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
};

/** Tags that stand inside a word or sentence; all others part what they are between. */
const INLINE = /^<\/?(a|abbr|b|code|em|font|i|s|small|span|strong|sub|sup|tt|u)[\s>/]/i;

/** What stands between the tags; walks once from left to right. */
export function strip(html: string): string {
  const found: string[] = [];
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf("<", at);
    if (open === -1) break;
    found.push(html.slice(at, open));
    if (!INLINE.test(html.slice(open, open + 10))) found.push(" ");
    const end = html.indexOf(">", open);
    at = end === -1 ? html.length : end + 1;
  }
  found.push(html.slice(at));
  return found.join("").replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos|nbsp));/gi,
    (_, hex?: string, decimal?: string, name?: string) => {
      if (name) return NAMED[name.toLowerCase()] ?? " ";
      const code = hex ? parseInt(hex, 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : " ";
    },
  ).replace(/\s+/g, " ").trim();
}

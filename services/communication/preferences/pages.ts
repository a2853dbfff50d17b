/** Pages that work without scripts and without signing in. They name nobody. */
import type { Cell } from "./model.ts";

export const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "cache-control": "no-store",
  // The address of the page is a key.
  "referrer-policy": "no-referrer",
};

const page = (title: string, body: string) =>
  `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title></head>
<body><main><h1>${title}</h1>
${body}
</main></body></html>
`;

/** A GET changes nothing: programs that look at mail follow every link. */
export const askPage = (category: string) =>
  page(
    "Stop these e-mails?",
    `<p>You will get no more e-mails of the kind “${category}” at this address.</p>
<form method="post"><button name="List-Unsubscribe" value="One-Click">Stop them</button></form>`,
  );

export const donePage = () =>
  page("Done", "<p>You will get no more e-mails of this kind at this address.</p>");

const names: Record<string, string> = {
  security: "Security of your account",
  appointment: "Appointments",
  message: "Messages of your clinic",
  result: "Results",
  billing: "Bills",
  marketing: "News",
  email: "E-mail",
  sms: "SMS",
  push: "App",
  in_app: "Inbox",
};

/** Every form sets one cell, so that nothing else changes by the way. */
export function centrePage(cells: readonly Cell[]): string {
  const rows = cells.map(({ category, channel, isAllowed, source }) => {
    const what = `${names[category]} · ${names[channel]}`;
    const fields = [["category", category], ["channel", channel], ["isAllowed", String(!isAllowed)]]
      .map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`).join("");
    const button = source === "mandatory"
      ? "always"
      : `<form method="post">${fields}<button>${isAllowed ? "Stop" : "Allow"}</button></form>`;
    return `<tr><th scope="row">${what}</th><td>${
      isAllowed ? "yes" : "no"
    }</td><td>${button}</td></tr>`;
  });
  return page("What may we write to you?", `<table>\n${rows.join("\n")}\n</table>`);
}

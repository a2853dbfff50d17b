/** Letters: what is asked for, and the words of each template. */
import { z } from "@hono/zod-openapi";

/** Each says what happened, and what to do if it was not you. `{name}` is a variable. */
const TEMPLATES = {
  "email-verification": {
    subject: "Confirm your e-mail address",
    // Nothing that a stranger thought up: the address is not known to be theirs.
    body: `Someone, probably you, asked for a Praxis account with this address.
Open this link within 30 minutes to confirm it:

{link}

If it was not you, do nothing: there will be no account.`,
  },
  "account-exists": {
    subject: "You already have a Praxis account",
    body: `Someone, probably you, asked for a Praxis account with this address.
You have one already: sign in, or ask for a new password if you forgot yours.
If it was not you, there is nothing to do.`,
  },
  "password-reset": {
    subject: "Set a new password",
    body: `Open this link within 30 minutes to set a new password:

{link}

All your devices will be signed out. If you did not ask for this, do nothing.`,
  },
  "password-changed": {
    subject: "Your password was changed",
    body: `The password of your Praxis account was changed.
If it was not you, ask for a new password at once and tell your clinic.`,
  },
  "email-change": {
    subject: "Confirm your new e-mail address",
    body: `Open this link within 30 minutes, on a device where you are signed in, to use this
address for Praxis from now on:

{link}

If you did not ask for this, do nothing.`,
  },
  "email-change-notice": {
    subject: "Your e-mail address is about to change",
    body: `Someone, probably you, asked to use another address for your Praxis account.
If it was not you, change your password at once and tell your clinic.`,
  },
  "email-taken": {
    subject: "This address is in use already",
    body: `Someone asked to use this address for their Praxis account. It belongs to yours, so
nothing was changed and there is nothing to do.`,
  },
  "email-changed": {
    subject: "Your e-mail address was changed",
    body: `Your Praxis account now has another address; this one no longer signs in.
If it was not you, tell your clinic at once.`,
  },
  "factor-added": {
    subject: "A second factor was added",
    body: `A second factor ({kind}) was added to your Praxis account.
If it was not you, change your password at once and tell your clinic.`,
  },
  "factor-removed": {
    subject: "A second factor was removed",
    body: `A second factor ({kind}) was removed from your Praxis account.
If it was not you, change your password at once and tell your clinic.`,
  },
  "recovery-codes-renewed": {
    subject: "Your recovery codes were renewed",
    body: `You have new recovery codes; the old ones are worth nothing any more.
If it was not you, change your password at once and tell your clinic.`,
  },
  "recovery-code-used": {
    subject: "A recovery code was used",
    body: `Someone, probably you, signed in with one of your recovery codes ({left} are left).
If it was not you, change your password at once and tell your clinic.`,
  },
  "session-reuse": {
    subject: "One of your devices was signed out",
    body: `A key to one of your sessions was used twice, which happens when it was copied. The
session has ended. If this happens again, change your password and tell your clinic.`,
  },
  "new-device": {
    subject: "A sign-in from a new device",
    body: `Someone, probably you, signed in to your Praxis account from a device we have not seen:

{userAgent}

If it was not you, change your password at once and end that session.`,
  },
} as const;

export type Template = keyof typeof TEMPLATES;

const templates = Object.keys(TEMPLATES) as [Template, ...Template[]];

/** `mail.requested`, as any service may publish it. */
export const MailRequested = z.object({
  to: z.email().max(254),
  template: z.enum(templates),
  locale: z.string().max(20),
  variables: z.record(z.string(), z.string().max(2_000)),
});
export type MailRequested = z.infer<typeof MailRequested>;

export type Letter = { subject: string; body: string };

/** A variable is text: it cannot open another placeholder, nor leave its line. */
export function write({ template, variables }: MailRequested): Letter {
  const { subject, body } = TEMPLATES[template];
  const filled = body.replace(/\{(\w+)\}/g, (_, name: string) =>
    // deno-lint-ignore no-control-regex
    (Object.hasOwn(variables, name) ? variables[name]! : "").replace(/[\x00-\x1f\x7f]+/g, " "));
  return { subject, body: filled };
}

export const Mail = z.object({
  id: z.uuid(),
  to: z.string(),
  subject: z.string(),
  body: z.string(),
  at: z.iso.datetime(),
  channel: z.enum(["email", "sms", "push"]),
  from: z.string().nullable(),
  html: z.string().nullable(),
}).openapi("Mail");
export type Mail = z.infer<typeof Mail>;

export const MAILS_MAX = 50;
export const MailList = z.object({ items: z.array(Mail) }).openapi("MailList");
export const MailQuery = z.strictObject({ to: z.string().max(254).optional() });

const escaped: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escape = (text: string) => text.replace(/[&<>"']/g, (sign) => escaped[sign]!);

/** Only what is a web address in the text becomes a link. */
const withLinks = (text: string) =>
  escape(text).replace(/\bhttps?:\/\/[^\s<>]+/g, (url) => `<a href="${url}">${url}</a>`);

/** As a person would see it: a letter, a short message, a card on a phone. */
function articleOf({ channel, from, to, subject, body, html, at }: Mail): string {
  const about = `<p class="about">${from ? `From ${escape(from)}, to` : "To"} ${escape(to)}, ` +
    `${escape(at)}</p>`;
  // Whatever a letter holds, it runs nothing here and reaches nothing.
  const words = html === null
    ? `<pre>${withLinks(body)}</pre>`
    : `<iframe sandbox title="Letter" srcdoc="${escape(html)}"></iframe>`;
  if (channel === "sms") {
    return `<article class="sms">${about}<p class="bubble">${withLinks(body)}</p></article>`;
  }
  if (channel === "push") {
    return `<article class="push">${about}<div class="card"><strong>${escape(subject)}</strong>` +
      `<p>${escape(body)}</p></div></article>`;
  }
  return `<article class="email"><h2>${escape(subject)}</h2>${about}${words}</article>`;
}

const STYLE = `body{font:16px system-ui;max-width:48rem;margin:2rem auto;padding:0 1rem}
article{border-top:1px solid #bbb;padding:1rem 0}.about{color:#555;font-size:.9rem}
.bubble{background:#e3f0e3;border-radius:1rem;padding:.7rem 1rem;max-width:24rem;white-space:pre-wrap}
.card{border:1px solid #bbb;border-radius:.7rem;padding:.7rem 1rem;max-width:24rem}
pre{white-space:pre-wrap}iframe{width:100%;height:16rem;border:1px solid #bbb}`;

/** The mailbox as a page without scripts. */
export function pageOf(mails: readonly Mail[]): string {
  const letters = mails.map(articleOf);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Mailbox</title><style>${STYLE}</style></head>
<body><h1>Mailbox (development)</h1>
${letters.join("\n") || "<p>Nothing yet.</p>"}
</body></html>
`;
}

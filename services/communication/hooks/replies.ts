/** What a short message back means, in the words people use. */

export type Reply = "stop" | "start" | "help" | "confirm" | "reschedule" | "wrong" | "words";

/** The seven of the FCC's rule (47 CFR 64.1200(a)(10)), carriers' own, and other languages'. */
const STOP = new Set([
  "stop",
  "stopall",
  "quit",
  "end",
  "revoke",
  "optout",
  "opt out",
  "cancel",
  "unsubscribe",
  "arret",
  "stopp",
  "abmelden",
  "desabonner",
]);
const START = new Set(["start", "unstop", "yes", "subscribe", "oui", "ja"]);
const HELP = new Set(["help", "info", "aide", "hilfe"]);
const CONFIRM = new Set(["c", "confirm", "confirmer", "bestatigen"]);
const RESCHEDULE = new Set(["r", "reschedule", "reporter", "verschieben"]);
const WRONG = new Set(["wrong", "wrong number", "mauvais numero", "falsche nummer"]);

/** Other reasonable words count as well: something about stopping, and nothing about wanting. */
const WANTS_OUT = /\b(stop|unsubscribe|opt out|desabonner|abmelden|arretez?)\b/;
const WANTS_SOMETHING_ELSE = /\b(don t stop|do not stop|non stop|ne pas arreter|nicht abmelden)\b/;
const PLAIN_MAX = 60;

/** Lower case, without accents and signs. */
const plain = (text: string) =>
  text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

export function readReply(text: string): Reply {
  const words = plain(text);
  if (STOP.has(words)) return "stop";
  if (START.has(words)) return "start";
  if (HELP.has(words)) return "help";
  if (CONFIRM.has(words)) return "confirm";
  if (RESCHEDULE.has(words)) return "reschedule";
  if (WRONG.has(words)) return "wrong";
  const isOut = words.length <= PLAIN_MAX && WANTS_OUT.test(words) &&
    !WANTS_SOMETHING_ELSE.test(words);
  return isOut ? "stop" : "words";
}

/** What is answered; nothing to words, which a person reads. */
export const ANSWERS: Partial<Record<Reply, string>> = {
  stop: "You will get no more texts from us. Reply START to get them again.",
  start: "You will get our texts again. Reply STOP to end them.",
  help: "These are texts of your clinic. Reply STOP to end them, or call us.",
  confirm: "Thank you, we have noted it.",
  reschedule: "Thank you, we will call you about another time.",
  wrong: "Sorry. We will not write to this number any more.",
};
/** A number that several people share: nobody says here for whom. */
export const UNCLEAR = "We cannot tell which appointment is meant. Please call us.";

const escape = (text: string) =>
  text.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign]!);

/** https://www.twilio.com/docs/messaging/twiml */
export const twiml = (answer: string | undefined): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Response>${
    answer === undefined ? "" : `<Message>${escape(answer)}</Message>`
  }</Response>`;

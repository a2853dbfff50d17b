/** Passages of documents that speak to a machine. They warn, and what they say is not taken up. */

const SIGNS = [
  /\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:above|previous|prior|earlier|all|any|instructions?|rules?|prompts?)\b/iu,
  /\b(?:you are|act as|pretend|roleplay|behave)\b.{0,30}\b(?:assistant|model|ai|system|chatbot|now|a)\b.{0,60}\b(?:must|should|will|mode|without)\b/iu,
  /\b(?:system|developer|assistant)\s*(?:prompt|message|instruction)s?\b|^\s*(?:system|assistant|developer)\s*:/imu,
  /\bnew\s+(?:instructions?|task|rules?)\b/iu,
  /\b(?:mark|classify|flag|label|report|set)\b.{0,40}\bas\s+(?:routine|normal|urgent|low|resolved|benign|approved)\b/iu,
  /\b(?:add|insert|include|append|output|write|print|reply|respond|say)\b.{0,60}\b(?:link|url|http|the following|only|exactly|diagnosis|drug|medication|prescription|to the (?:list|plan|letter))\b/iu,
  /\b(?:send|post|forward|upload|exfiltrate|email)\b.{0,60}\b(?:to|http|@)/iu,
  /\b(?:reveal|repeat|show)\b.{0,30}\b(?:prompt|instructions?|secret|password|key)\b/iu,
  /\b(?:ignoriere|vergiss|missachte)\b.{0,40}\b(?:alle|anweisung\w*|vorherige\w*|oben)\b/iu,
  /\b(?:ignorez?|oubliez?)\b.{0,40}\b(?:instructions?|précédent\w*|consignes?)\b/iu,
  /\b(?:ignora|olvida)\b.{0,40}\b(?:instrucciones|anterior\w*)\b/iu,
  /<\|?(?:im_start|im_end|system|endoftext|s)\|?>|\[\/?INST\]|<<\/?SYS>>/iu,
  /(?:[A-Za-z0-9+/]{60,}={0,2})/u,
  /!\[[^\]]*\]\([^)]*\)|<(?:script|img|iframe|a)\b/iu,
];

const sentencesOf = (line: string): string[] =>
  line.split(/(?<=[.!?;])\s+/u).map((one) => one.trim()).filter((one) => one !== "");

export const speaksToMachines = (passage: string): boolean => {
  const plain = passage.normalize("NFKC").replace(/\p{Cf}/gu, "");
  return SIGNS.some((sign) => sign.test(plain));
};

/**
 * What is left of a document for rules to read, and how many passages are not: what speaks to a
 * machine, and what follows it in its line.
 */
export function readable(text: string): { passages: string[]; suspicious: number } {
  const passages: string[] = [];
  let suspicious = 0;
  for (const line of text.split(/\n+/u)) {
    const sentences = sentencesOf(line);
    const from = sentences.findIndex(speaksToMachines);
    passages.push(...(from < 0 ? sentences : sentences.slice(0, from)));
    if (from >= 0) suspicious++;
  }
  return { passages, suspicious };
}

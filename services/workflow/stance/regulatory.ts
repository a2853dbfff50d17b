/** The registry as the table of docs/regulatory.md, which a test compares with it. */
import type { Feature } from "./model.ts";

const words: Record<Feature["eu"]["standing"], string> = {
  "device": "device",
  "not-a-device": "no device",
  "depends": "depends",
};

const opinion = ({ standing, riskClass, why }: Feature["eu"]) =>
  `${words[standing]}${riskClass === null ? "" : `, ${riskClass}`}: ${why}`;

/** Rows of cells, the heading first. */
export function rowsOf(features: readonly Feature[]): string[][] {
  const heading = ["name", "meant for", "not for", "from the start", "EU", "US"];
  return [
    heading,
    ...features.map((one) => [
      `\`${one.feature}\` ${one.title}`,
      one.use,
      one.notFor,
      one.isOnByDefault ? "on" : "off",
      opinion(one.eu),
      opinion(one.us),
    ]),
  ];
}

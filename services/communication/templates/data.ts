/** Whether values fit the variables of a template. */
import type { Data } from "./rendering.ts";
import type { Variables } from "./model.ts";

/** What is wrong with `data` for these variables: a JSON pointer and a sentence each. */
export function checkData(
  variables: Variables,
  data: Data,
): { pointer: string; detail: string }[] {
  const wrong: { pointer: string; detail: string }[] = [];
  for (const name of Object.keys(data)) {
    if (!Object.hasOwn(variables, name)) {
      wrong.push({ pointer: `/data/${name}`, detail: "The template has no such variable." });
    }
  }
  for (const [name, { type, maxLength }] of Object.entries(variables)) {
    const value = Object.hasOwn(data, name) ? data[name] : undefined;
    const say = (detail: string) => wrong.push({ pointer: `/data/${name}`, detail });
    if (value === undefined) say("The template needs this.");
    else if (type === "number" ? typeof value !== "number" : typeof value !== "string") {
      say(`This is no ${type}.`);
    } else if (String(value).length > maxLength) say(`At most ${maxLength} characters.`);
    else if (type === "url" && !/^https?:\/\/[^\s"'<>\\]+$/.test(String(value))) {
      say("This is no web address.");
    }
  }
  return wrong;
}

/** The name of each variable in its place, where nothing better is given. */
export function exampleOf(variables: Variables): Data {
  return Object.fromEntries(
    Object.entries(variables).map(([name, { type, maxLength }]) => [
      name,
      type === "number" ? 1 : type === "url" ? "https://example.test/" : name.slice(0, maxLength),
    ]),
  );
}

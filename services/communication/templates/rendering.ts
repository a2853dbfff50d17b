/** Fills in the gaps: Liquid with limits, and nothing that reads files or skips escaping. */
import { Liquid, type Template as Parsed } from "liquidjs";
import type { Content } from "../providers/model.ts";
import type { Texts, Variables } from "./model.ts";

const LIMITS = {
  ownPropertyOnly: true,
  strictVariables: true,
  strictFilters: true,
  /** Characters. */
  parseLimit: 25_000,
  /** Milliseconds. */
  renderLimit: 200,
  /** Roughly bytes. */
  memoryLimit: 1_000_000,
  templates: {},
};
const PARSED_MAX = 500;
const RENDERED_MAX = 60_000;

function createEngine(outputEscape?: "escape"): Liquid {
  const engine = new Liquid({ ...LIMITS, ...(outputEscape ? { outputEscape } : {}) });
  delete engine.filters.raw;
  for (const tag of ["include", "render", "layout", "block", "raw"]) delete engine.tags[tag];
  return engine;
}

const plain = createEngine();
const escaping = createEngine("escape");
const parsed = new Map<string, Parsed[]>();

function parse(engine: Liquid, text: string): Parsed[] {
  const name = `${engine === plain ? "plain" : "html"} ${text}`;
  let templates = parsed.get(name);
  if (!templates) {
    templates = engine.parse(text);
    if (parsed.size >= PARSED_MAX) parsed.clear();
    parsed.set(name, templates);
  }
  return templates;
}

export type Data = Record<string, string | number>;

// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/** A value is one line of plain text: it cannot begin a header, a line or another gap. */
const clean = (data: Data): Data =>
  Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name,
      typeof value === "string" ? value.replace(CONTROL, " ") : value,
    ]),
  );

function renderOne(engine: Liquid, text: string, data: Data): string {
  const rendered = engine.renderSync(parse(engine, text), data) as string;
  if (rendered.length > RENDERED_MAX) throw new RangeError("the text is too long");
  return rendered;
}

/** @throws when the template is wrong, a value is missing, or a limit is met. */
export function render(texts: Texts, data: Data): Content {
  const values = clean(data);
  return {
    subject: renderOne(plain, texts.subject, values).replace(CONTROL, " ").trim(),
    text: renderOne(plain, texts.text, values).trim(),
    ...(texts.html === undefined ? {} : { html: renderOne(escaping, texts.html, values) }),
  };
}

/** What a mail program must never find in a letter of ours. */
const FORBIDDEN_HTML =
  /<\s*(script|iframe|object|embed|form|base|meta|link)\b|\son[a-z]+\s*=|javascript\s*:|data\s*:\s*text/i;
/** A gap inside the value of an attribute that leads somewhere. */
const LEADING = /\b(?:href|src|action|background)\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi;

/** What is wrong with these texts, as sentences; nothing when they may be kept. */
export function lint(texts: Texts, variables: Variables): string[] {
  const wrong: string[] = [];
  const parts: [Liquid, string][] = [[plain, texts.subject], [plain, texts.text]];
  if (texts.html !== undefined) parts.push([escaping, texts.html]);
  for (const [engine, text] of parts) {
    try {
      for (const name of engine.globalVariablesSync(engine.parse(text))) {
        if (!Object.hasOwn(variables, name)) wrong.push(`The variable ${name} is not declared.`);
      }
    } catch {
      wrong.push("This is not a template that is taken here.");
    }
  }
  const { html } = texts;
  if (html !== undefined) {
    if (FORBIDDEN_HTML.test(html)) wrong.push("The HTML holds something that runs or leads away.");
    for (const [, value = ""] of html.matchAll(LEADING)) {
      for (const [, name = ""] of value.matchAll(/\{\{\s*(\w+)/g)) {
        if (variables[name]?.type !== "url") {
          wrong.push(`${name} stands where an address stands, and is no url.`);
        }
      }
    }
  }
  return [...new Set(wrong)];
}

/** One value for each variable, as long as it may be, to see whether a template can be filled. */
export function sampleOf(variables: Variables): Data {
  return Object.fromEntries(
    Object.entries(variables).map(([name, { type, maxLength }]) => [
      name,
      type === "number" ? 1 : type === "url" ? "https://example.test/" : "x".repeat(maxLength),
    ]),
  );
}

type Rendering = { kind: "render"; texts: Texts; data: Data };
type Checking = {
  kind: "check";
  variables: Variables;
  parts: { pointer: string; texts: Texts }[];
};
/** What `sandbox.ts` asks of its thread. */
export type Task = Rendering | Checking;
export type Answer<T extends Task> = T extends Rendering ? Content
  : { pointer: string; detail: string }[];

/** @throws when a text cannot be rendered. */
export function work(task: Task): Answer<Task> {
  if (task.kind === "render") return render(task.texts, task.data);
  const sample = sampleOf(task.variables);
  return task.parts.flatMap(({ pointer, texts }) => {
    const wrong = lint(texts, task.variables);
    if (wrong.length === 0) {
      try {
        render(texts, sample);
      } catch {
        wrong.push("This cannot be filled within its limits.");
      }
    }
    return wrong.map((detail) => ({ pointer, detail }));
  });
}

/** What alerts and dashboards say: their expressions, and the metrics that these name. */
import { parse } from "yaml";
import { z } from "zod";

const Rules = z.strictObject({
  groups: z.array(z.strictObject({
    name: z.string(),
    rules: z.array(z.strictObject({
      alert: z.string().regex(/^[A-Z][A-Za-z]+$/),
      expr: z.string(),
      for: z.string().regex(/^\d+[smh]$/),
      labels: z.strictObject({ severity: z.enum(["page", "ticket"]) }),
      annotations: z.strictObject({
        summary: z.string(),
        runbook: z.string().regex(/^docs\/runbooks\/[a-z-]+\.md$/),
      }),
    })),
  })),
});

const Dashboard = z.object({
  title: z.string(),
  uid: z.string(),
  panels: z.array(z.object({
    id: z.number().int(),
    title: z.string(),
    targets: z.array(z.object({ expr: z.string() })).min(1),
  })),
});
export type Dashboard = z.output<typeof Dashboard>;

const here = new URL("./", import.meta.url);

export const readAlerts = () =>
  Rules.parse(parse(Deno.readTextFileSync(new URL("alerts.yaml", here))))
    .groups.flatMap(({ rules }) => rules);

export const readDashboards = (): Dashboard[] =>
  [...Deno.readDirSync(new URL("dashboards/", here))].map(({ name }) =>
    Dashboard.parse(JSON.parse(Deno.readTextFileSync(new URL(`dashboards/${name}`, here))))
  );

/** Prometheus' own: about the scrape, not from it. */
const OWN = ["up"];
const WORDS =
  /\b(?:sum|avg|max|min|count|rate|increase|delta|histogram_quantile|by|without|on|and|or|unless|ignoring|clamp_min|time|changes|absent)\b/;

/** The names of metrics in a PromQL expression, without those of labels, functions and durations. */
export function metricsOf(expr: string): string[] {
  const bare = expr.replace(/\{[^}]*\}/g, "").replace(/\[[^\]]*\]/g, "")
    .replace(/\b(?:by|without|on|ignoring)\s*\([^)]*\)/g, "");
  const names = bare.match(/(?<![\w.])[a-zA-Z_:][\w:]*/g) ?? [];
  return [...new Set(names.filter((name) => !WORDS.test(name) && !OWN.includes(name)))];
}

export type Selector = { metric: string; label: string; values: string[] };

/** What an expression expects of labels: `a{b="c"}` and `a{b=~"c|d"}`, with each of the values. */
export function selectorsOf(expr: string): Selector[] {
  return [...expr.matchAll(/([a-zA-Z_:][\w:]*)\{([^}]*)\}/g)]
    .filter(([, metric]) => !OWN.includes(metric!))
    .flatMap(([, metric, matchers]) =>
      [...matchers!.matchAll(/(\w+)=(~?)"([^"]*)"/g)].map(([, label, isPattern, value]) => ({
        metric: metric!,
        label: label!,
        values: isPattern ? value!.split("|") : [value!],
      }))
    );
}

/** The labels by which an expression groups, but `le`, which only a histogram's buckets have. */
export function groupsOf(expr: string): string[] {
  const groups = [...expr.matchAll(/\bby\s*\(([^)]*)\)/g)].flatMap(([, list]) =>
    list!.split(/,\s*/)
  );
  return [...new Set(groups)].filter((label) => label !== "le");
}

import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { groupsOf, metricsOf, readAlerts, readDashboards, selectorsOf } from "./rules.ts";

const root = new URL("../../", import.meta.url);
/** Pages about work that somebody does, not about an alert. */
const PROCEDURES = [
  "README.md",
  "backup.md",
  "rotate-keys.md",
  "roll-out.md",
  "audit-chain.md",
  "region-down.md",
];

describe("alerts", () => {
  const alerts = readAlerts();

  it("have names of their own, and each a page", () => {
    equal(new Set(alerts.map(({ alert }) => alert)).size, alerts.length);
    for (const { alert, annotations } of alerts) {
      const page = Deno.readTextFileSync(new URL(annotations.runbook, root));
      ok(page.includes(`# ${alert}`), `${annotations.runbook} is not about ${alert}`);
      for (const heading of ["## What it means", "## What to look at", "## What to do"]) {
        ok(page.includes(heading), `${annotations.runbook} has no «${heading}»`);
      }
    }
  });

  it("leave no page behind", () => {
    const pages = [...Deno.readDirSync(new URL("docs/runbooks/", root))].map(({ name }) => name);
    const named = alerts.map(({ annotations }) => annotations.runbook.split("/").at(-1)!);
    deepEqual(pages.sort(), [...PROCEDURES, ...new Set(named)].sort());
  });
});

describe("dashboards", () => {
  it("have panels with ids of their own", () => {
    const dashboards = readDashboards();
    equal(new Set(dashboards.map(({ uid }) => uid)).size, dashboards.length);
    for (const { title, panels } of dashboards) {
      equal(new Set(panels.map(({ id }) => id)).size, panels.length, title);
    }
  });
});

describe("the names of metrics in an expression", () => {
  it("are found between functions, labels and durations", () => {
    deepEqual(
      metricsOf(
        'sum by (service, le) (rate(a_total{kind="b_c"}[5m])) / clamp_min(d_seconds, 0.1) > 1',
      ),
      ["a_total", "d_seconds"],
    );
    deepEqual(metricsOf('up{job="praxis"} == 0'), []);
    deepEqual(metricsOf("memory_bytes > 470e6"), ["memory_bytes"]);
  });
});

describe("the labels in an expression", () => {
  it("are found with every value that is asked for", () => {
    const expr = 'sum by (service, le) (rate(a_total{x="y",z=~"c|d",n!="no"}[5m])) or up{job="p"}';
    deepEqual(selectorsOf(expr), [
      { metric: "a_total", label: "x", values: ["y"] },
      { metric: "a_total", label: "z", values: ["c", "d"] },
    ]);
    deepEqual(groupsOf(expr), ["service"]);
  });
});

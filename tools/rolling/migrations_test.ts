import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { whyNotExpanding } from "./migrations.ts";

const root = new URL("../../", import.meta.url);
/** What was there before this rule: it has long been applied, and nothing older runs. */
const grandfathered = new Set(
  Deno.readTextFileSync(new URL("before_the_rule.txt", import.meta.url)).trim().split("\n"),
);

function migrations(): string[] {
  return ["services", "shared"].flatMap((area) =>
    [...Deno.readDirSync(new URL(`${area}/`, root))].filter(({ isDirectory }) => isDirectory)
      .flatMap(({ name }) => {
        const folder = `${area}/${name}/migrations`;
        try {
          return [...Deno.readDirSync(new URL(`${folder}/`, root))]
            .map((file) => `${folder}/${file.name}`);
        } catch {
          return [];
        }
      })
  ).filter((path) => path.endsWith(".sql")).sort();
}

describe("migrations", () => {
  it("expand, so that the release before goes on working; contracting is said and explained", () => {
    const found = migrations();
    ok(found.length > 50);
    const wrong = found.filter((path) => !grandfathered.has(path)).flatMap((path) =>
      whyNotExpanding(Deno.readTextFileSync(new URL(path, root))).map((why) => `${path}: ${why}`)
    );
    deepEqual(wrong, []);
  });

  it("of before the rule are still there, and break it", () => {
    for (const path of grandfathered) {
      ok(whyNotExpanding(Deno.readTextFileSync(new URL(path, root))).length > 0, path);
    }
  });
});

describe("the rule", () => {
  const breaks = (sql: string) => whyNotExpanding(sql).length > 0;

  it("refuses what an older release does not survive", () => {
    for (
      const sql of [
        "drop table a;",
        "alter table a drop column b;",
        "alter table a drop b;",
        "alter table a rename column b to c;",
        "alter table a rename to b;",
        "ALTER TABLE a ALTER COLUMN b TYPE bigint;",
        "alter table a\n  alter column b set not null;",
        "alter table a add column b text not null;",
        "alter table a add b int check (b > 0) not null;",
        "alter table a add column c text default '', add column b text not null;",
        "alter table a add constraint c check (b > 0);",
        "alter table a add unique (b);",
        "create unique index i on a (b);",
        "drop function f(text);",
        "revoke select on a from praxis_app;",
        "create table a (b int); alter table c drop column b;",
      ]
    ) ok(breaks(sql), sql);
  });

  it("lets expanding steps through", () => {
    for (
      const sql of [
        "create table a (b text not null); alter table a add column c text not null;",
        "create table a (b text); create unique index i on a (b);",
        "alter table a add column b text;",
        "alter table a add column b text not null default '';",
        "alter table a add column b bigint generated always as identity not null;",
        "create index i on a (b); drop index j;",
        "alter table a alter column b drop not null;",
        "alter table a drop constraint c;",
        "create or replace function f() returns void language sql as $$ drop table a; $$;",
        "-- drop table a;\ncomment on table a is 'drop table a; alter table a rename to b';",
        "grant select on a to praxis_app;",
      ]
    ) equal(breaks(sql), false, sql);
  });

  it("lets a contract through that says why, and no empty one", () => {
    const drop = "alter table a drop column b;";
    equal(breaks(`-- contract: release 3 stopped reading b, release 2 is gone.\n${drop}`), false);
    ok(breaks(`-- contract: \n${drop}`));
    ok(breaks(`-- contract: yes\n${drop}`));
  });
});

/**
 * Which steps of a migration the release before it would not survive. Such a release is still
 * running while the migration is applied, and may come back after it.
 */

/** `-- contract: why no release is running any more that needs what goes` */
const CONTRACT = /^-- contract: \S.{19,}$/m;

type Rule = { pattern: RegExp; why: string };

const name = String.raw`(?:if (?:not )?exists )?(?:only )?"?(?<table>[\w.]+)"?`;

/** On one statement, in lower case, with single spaces. */
const RULES: readonly Rule[] = [
  { pattern: new RegExp(`^drop table ${name}`), why: "drops a table" },
  {
    pattern: /^drop (view|materialized view|type|schema|sequence) /,
    why: "drops what may be in use",
  },
  { pattern: /^drop (function|procedure|routine) /, why: "drops a function that may be called" },
  { pattern: new RegExp(`^alter table ${name} .*\\bdrop column\\b`), why: "drops a column" },
  {
    pattern: new RegExp(
      `^alter table ${name} .*\\bdrop (?!column|constraint|default|not|identity|expression)\\w`,
    ),
    why: "drops a column",
  },
  { pattern: new RegExp(`^alter table ${name} (.*\\s)?rename\\b`), why: "renames" },
  { pattern: /^alter (view|function|procedure|type|sequence) .*\brename\b/, why: "renames" },
  {
    pattern: new RegExp(`^alter table ${name} .*\\balter (column )?\\w+ (set data )?type\\b`),
    why: "changes a column's type",
  },
  {
    pattern: new RegExp(`^alter table ${name} .*\\balter (column )?\\w+ set not null\\b`),
    why: "demands a value that older releases do not write",
  },
  {
    pattern: new RegExp(`^alter table ${name} .*\\balter (column )?\\w+ drop default\\b`),
    why: "demands a value that older releases do not write",
  },
  {
    pattern: new RegExp(
      `^alter table ${name} .*\\badd (column )?(if not exists )?(?!constraint|check|foreign|unique|primary|exclude)` +
        String.raw`\w+ (?![^,]*\b(default|generated)\b)[^,]*\bnot null\b`,
    ),
    why: "adds a column that older releases do not write",
  },
  {
    pattern: new RegExp(
      `^alter table ${name} .*\\badd (constraint \\w+ )?(check|foreign key|unique|primary key|exclude)\\b`,
    ),
    why: "adds a rule that older releases may break",
  },
  {
    pattern: /^create unique index .* on (?:only )?"?(?<table>[\w.]+)"?/,
    why: "adds a rule that older releases may break",
  },
  { pattern: /^revoke .* from .*\bpraxis_app\b/, why: "takes a right away" },
];

/** Statements without comments and without the bodies of functions. */
function statementsOf(sql: string): string[] {
  return sql.replace(/--[^\n]*/g, "").replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/(\$\w*\$)[\s\S]*?\1/g, "''").replace(/'(?:[^']|'')*'/g, "''")
    .split(";").map((text) => text.replace(/\s+/g, " ").trim().toLowerCase())
    .filter((text) => text !== "");
}

const withoutSchema = (table: string) => table.replace(/^public\./, "");

/** Why older releases would not survive it; nothing for an expanding step, or a declared contract. */
export function whyNotExpanding(sql: string): string[] {
  if (CONTRACT.test(sql)) return [];
  const statements = statementsOf(sql);
  const made = new Set(statements.flatMap((text) => {
    const table = text.match(/^create (?:unlogged )?table (?:if not exists )?"?([\w.]+)"?/)?.[1];
    return table ? [withoutSchema(table)] : [];
  }));
  return statements.flatMap((text) =>
    RULES.flatMap(({ pattern, why }) => {
      const found = text.match(pattern);
      const table = found?.groups?.table;
      // Nobody older knows a table that is made here.
      if (!found || (table && made.has(withoutSchema(table)))) return [];
      return [`${why}: ${text.slice(0, 80)}`];
    })
  );
}

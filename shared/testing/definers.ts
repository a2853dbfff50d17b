/** One test for every function that acts with its owner's rights. */
import { ok } from "node:assert/strict";
import type { TestService } from "./service.ts";

/**
 * That each one names the schemas it looks into, temporary tables last: Postgres looks among those
 * first unless they are named, and anybody may make one that is called like one of ours. Returns
 * how many there are.
 */
export async function expectSafeDefiners({ owner }: Pick<TestService, "owner">): Promise<number> {
  const functions = await owner<{ name: string; path: string | null }[]>`
    select p.oid::regprocedure::text as name,
           (select substring(setting from '^search_path=(.*)$') from unnest(p.proconfig) as setting
            where setting like 'search_path=%') as path
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema')
    order by 1`;
  for (const { name, path } of functions) {
    ok(/(^|, )pg_temp$/.test(path ?? ""), `${name} looks into: ${path ?? "what its caller says"}`);
  }
  return functions.length;
}

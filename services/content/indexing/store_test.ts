import { equal } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { transaction } from "@praxis/shared/postgres";
import { openTestContent, type TestContent, testUser } from "../testing.ts";
import * as store from "./store.ts";

describe("insertWords", () => {
  let content: TestContent;
  before(async () => {
    content = await openTestContent();
  });
  after(() => content[Symbol.asyncDispose]());

  it("never has two writers of the same words wait for each other, whatever their order", async () => {
    const { sql } = content.deps;
    const words = Array.from({ length: 2_000 }, (_, at) => `word${at}`);
    for (let round = 0; round < 5; round++) {
      const { organizationId } = testUser();
      const orders = [words, words.toReversed(), words.toSorted()];
      await Promise.all(
        orders.map((terms) =>
          transaction(
            sql,
            { organizationId },
            (tx) => store.insertWords(tx, organizationId, terms),
          )
        ),
      );
      const [row] = await content.service.owner`
        select count(*)::int as count from search_words where organization_id = ${organizationId}`;
      equal(row!.count, words.length);
    }
  });
});

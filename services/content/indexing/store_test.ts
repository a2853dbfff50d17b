import { deepEqual, equal } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { newId } from "@praxis/shared/id";
import { transaction } from "@praxis/shared/postgres";
import { openTestContent, type TestContent, testUser } from "../testing.ts";
import { vectorOf } from "./model.ts";
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

describe("replace", () => {
  it("inserts the windows of a long text in portions, all of them", async () => {
    await using content = await openTestContent();
    const { organizationId, userId } = testUser();
    const documentId = newId();
    const createdAt = content.deps.now().toISOString();
    const facts = { documentId, patientId: null, kind: "text", category: null, createdAt };
    const parts = Array.from({ length: 5 }, (_, part) => ({
      ...facts,
      part,
      title: "",
      fileName: "",
      text: vectorOf(Array.from({ length: 12_000 }, (_, at) => `w${part}x${at}`)),
    }));
    const kept = await transaction(content.deps.sql, { organizationId, userId }, async (tx) => {
      // The second time in place of the first.
      await store.replace(tx, organizationId, [documentId], parts);
      await store.replace(tx, organizationId, [documentId], parts);
      const [row] = await tx`
        select array_agg(part || ' ' || length(tsv) order by part) as parts from document_search
        where document_id = ${documentId} `;
      return row!.parts;
    });
    deepEqual(kept, parts.map(({ part }) => `${part} 12000`));
  });
});

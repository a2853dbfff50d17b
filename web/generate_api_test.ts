import { deepEqual } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { generate } from "./generate_api.ts";

describe("the types of the API", () => {
  it("fit docs/openapi", async () => deepEqual(await generate(true), []));
});

import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { accepting, isWithin } from "./search.ts";

describe("what stands behind ? in an address", () => {
  it("reaches a page only when the page accepts it", () => {
    const root = createRootRoute();
    const read = ({ list }: Record<string, unknown>): { list?: string } =>
      list === "mine" ? { list } : {};
    const tasks = createRoute({
      getParentRoute: () => root,
      path: "/tasks",
      validateSearch: accepting(read),
    });
    const router = createRouter({ routeTree: root.addChildren([tasks]) });
    const seen = (list: string) => router.matchRoutes("/tasks", { list }).at(-1)?.search;
    deepEqual(seen("mine"), { list: "mine" });
    deepEqual(seen("constructor"), { list: undefined });
  });

  it("leads on within the app only", () => {
    for (const good of ["/", "/documents?q=a%20b", "/patients/1#x"]) equal(isWithin(good), true);
    for (
      const bad of ["", "//x.test", "/\\x.test", "/\t/x.test", "https://x.test", "javascript:1", 7]
    ) {
      equal(isWithin(bad), false);
    }
  });
});

/** Communication as a whole: its gates, its documents, its health. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { expectGates } from "@praxis/shared/testing";
import { after, before, describe, it } from "@std/testing/bdd";
import { createApp } from "./app.ts";
import { documentCreated, openCommunication, type TestCommunication } from "./testing.ts";

describe("communication", () => {
  let t: TestCommunication;
  before(async () => {
    t = await openCommunication();
  });
  after(() => t[Symbol.asyncDispose]());

  it("refuses on every route whom it must", async () => {
    const owner = newId();
    const organizationId = t.addOrganization(owner);
    equal((await t.tell(documentCreated({ organizationId }))).status, 204);
    const page =
      await (await t.as(owner, organizationId)("GET", "/api/communication/notifications"))
        .json();
    const id: string = page.items[0].id;
    const tried = await expectGates({
      app: t.app,
      service: t.service,
      foreign: () => ({ id }),
    });
    equal(tried, 9);
  });

  it("says that it lives, and whether it can serve", async () => {
    equal((await t.app.request("/health")).status, 200);
    const app = createApp(t.deps, {
      identify: t.service.identify,
      ready: { redis: () => Promise.reject(new Error("gone")) },
    });
    const response = await app.request("/ready");
    equal(response.status, 503);
    deepEqual((await response.json()).missing, ["redis"]);
  });

  it("answers bad input with the contract's status", async () => {
    const get = t.as(newId(), newId());
    const list = "/api/communication/notifications";
    const statusOf = async (method: "GET" | "POST", path: string) => {
      const response = await get(method, path);
      equal(response.headers.get("content-type"), "application/problem+json", path);
      await response.body?.cancel();
      return response.status;
    };
    for (const query of ["limit=0", "limit=101", "limit=x", "cursor=%00", "unread=maybe", "a=b"]) {
      equal(await statusOf("GET", `${list}?${query}`), 422, query);
    }
    const notAnId = btoa(JSON.stringify(["1' or '1'='1"])).replaceAll("=", "");
    equal(await statusOf("GET", `${list}?cursor=${notAnId}`), 422);
    equal(await statusOf("POST", `${list}/not-an-id/read`), 422);
    equal(await statusOf("GET", `${list}/nothing/here`), 404);
    equal(await statusOf("GET", `${list}/read-all`), 405);
  });
});

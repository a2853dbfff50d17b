import { equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { isInside } from "./network.ts";

describe("an address", () => {
  it("is inside when it is not the world's, also in an address of IPv6", () => {
    const inside = ["10.1.2.3", "192.168.0.1", "169.254.169.254", "::", "::ffff:10.0.0.1"];
    for (const address of [...inside, "64:ff9b::a00:1", "2002:a00:1::", "fe80::1", "name", ""]) {
      equal(isInside(address), true, address);
    }
    for (const address of ["8.8.8.8", "2606:4700::1111"]) equal(isInside(address), false, address);
  });
});

import { equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { networkOf } from "./limits.ts";

describe("networkOf()", () => {
  it("is an IPv4 address, or the /64 network of an IPv6 address, however it is written", () => {
    const networks = {
      "192.0.2.1": "192.0.2.1",
      "2001:db8:0:1:2:3:4:5": "2001:db8:0:1::/64",
      "2001:0DB8:0000:0001::5": "2001:db8:0:1::/64",
      "2001:db8::1": "2001:db8:0:0::/64",
      "::1": "0:0:0:0::/64",
      "fe80::1%eth0": "fe80:0:0:0::/64",
      "::ffff:192.0.2.1": "::ffff:192.0.2.1",
      "direct": "direct",
      "": "",
    };
    for (const [address, network] of Object.entries(networks)) equal(networkOf(address), network);
  });
});

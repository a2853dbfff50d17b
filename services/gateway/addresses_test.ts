import { equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { createClientAddress, isNetwork, networkOf } from "./addresses.ts";

describe("the client's address", () => {
  const proxies = ["10.0.0.0/8", "192.0.2.1", "fd00::/8"];
  const table: [name: string, peer: string, forwarded: string | undefined, client: string][] = [
    ["is the peer's without a header", "10.1.1.1", undefined, "10.1.1.1"],
    ["is what a proxy saw", "10.1.1.1", "198.51.100.7", "198.51.100.7"],
    [
      "is the last that no proxy has",
      "10.1.1.1",
      "6.6.6.6, 198.51.100.7, 10.2.2.2",
      "198.51.100.7",
    ],
    ["G11: is not what a stranger writes", "203.0.113.9", "198.51.100.7", "203.0.113.9"],
    ["stops at what cannot be read", "10.1.1.1", "198.51.100.7, what", "10.1.1.1"],
    ["is a proxy's own when all are proxies", "10.1.1.1", "192.0.2.1, 10.3.3.3", "192.0.2.1"],
    ["is seen through a mapped address", "::ffff:10.1.1.1", "198.51.100.7", "198.51.100.7"],
    ["may be IPv6", "fd00::1", "2001:db8::9", "2001:db8::9"],
  ];
  for (const [name, peer, forwarded, client] of table) {
    it(name, () => equal(createClientAddress(proxies)(peer, forwarded), client));
  }

  it("is the peer's when nobody is trusted", () => {
    equal(createClientAddress([])("10.1.1.1", "198.51.100.7"), "10.1.1.1");
  });
});

describe("a trusted network", () => {
  const table: [text: string, isOne: boolean][] = [
    ["10.0.0.0/8", true],
    ["192.0.2.1", true],
    ["fd00::/8", true],
    ["10.0.0.0/33", false],
    ["::/129", false],
    ["10.0.0.0/8/8", false],
    ["10.0.0.0/", false],
    ["example.org", false],
  ];
  for (const [text, isOne] of table) {
    it(`${text} is ${isOne ? "one" : "none"}`, () => equal(isNetwork(text), isOne));
  }
});

describe("the network of an address", () => {
  const table: [address: string, network: string][] = [
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::6", "2001:db8:1:2::/64"],
    ["2001:db8::6", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ];
  for (const [address, network] of table) {
    it(`${address} → ${network}`, () => equal(networkOf(address), network));
  }
});

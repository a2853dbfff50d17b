/** What lies inside a network and is not to be reached on an organization's word (RFC 6890). */
import { BlockList, isIP } from "node:net";

const INSIDE: readonly [network: string, prefix: number, family: "ipv4" | "ipv6"][] = [
  ["0.0.0.0", 8, "ipv4"],
  ["10.0.0.0", 8, "ipv4"],
  ["100.64.0.0", 10, "ipv4"],
  ["127.0.0.0", 8, "ipv4"],
  ["169.254.0.0", 16, "ipv4"],
  ["172.16.0.0", 12, "ipv4"],
  ["192.0.0.0", 24, "ipv4"],
  ["192.0.2.0", 24, "ipv4"],
  ["192.88.99.0", 24, "ipv4"],
  ["192.168.0.0", 16, "ipv4"],
  ["198.18.0.0", 15, "ipv4"],
  ["198.51.100.0", 24, "ipv4"],
  ["203.0.113.0", 24, "ipv4"],
  ["224.0.0.0", 3, "ipv4"],
  // What carries an IPv4 address inside it may lead to any of those above.
  ["::", 96, "ipv6"],
  ["::ffff:0:0", 96, "ipv6"],
  ["64:ff9b::", 96, "ipv6"],
  ["64:ff9b:1::", 48, "ipv6"],
  ["100::", 64, "ipv6"],
  ["2001::", 23, "ipv6"],
  ["2001:db8::", 32, "ipv6"],
  ["2002::", 16, "ipv6"],
  ["fc00::", 7, "ipv6"],
  ["fe80::", 10, "ipv6"],
  ["fec0::", 10, "ipv6"],
  ["ff00::", 8, "ipv6"],
];

const inside = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const [network, prefix, family] of INSIDE) inside[family].addSubnet(network, prefix, family);

/** True as well for what is no address at all. */
export function isInside(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return true;
  return family === 4 ? inside.ipv4.check(address, "ipv4") : inside.ipv6.check(address, "ipv6");
}

/** Addresses of a name; empty when there are none. */
export type LookUp = (hostname: string) => Promise<string[]>;

const lookUpByDns: LookUp = async (hostname) => {
  const found = await Promise.allSettled([
    Deno.resolveDns(hostname, "A"),
    Deno.resolveDns(hostname, "AAAA"),
  ]);
  return found.flatMap((one) => one.status === "fulfilled" ? one.value : []);
};

export type Place = { address: string } | { refused: "inside" | "unknown" };

/**
 * Where a name leads: an address to connect to, so that nobody can answer another one in between.
 * One address inside is enough to refuse all of them.
 */
export async function publicPlaceOf(hostname: string, lookUp = lookUpByDns): Promise<Place> {
  const host = hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(host) === 0 ? await lookUp(host.replace(/\.$/, "")) : [host];
  const [address] = addresses;
  if (address === undefined) return { refused: "unknown" };
  return addresses.some(isInside) ? { refused: "inside" } : { address };
}

/** Whether that can be said of a name without asking anybody. */
export function isPlainlyInside(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "").toLowerCase();
  if (isIP(host) !== 0) return isInside(host);
  return !host.includes(".") || /\.(localhost|internal|local|lan|home\.arpa)$/.test(host);
}

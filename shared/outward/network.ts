/** What lies inside a network and is not to be reached on anybody's word but the operator's (RFC 6890). */
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
];
/** Global unicast; what carries an IPv4 address inside it may lead to any of those above. */
const GLOBAL: readonly [network: string, prefix: number] = ["2000::", 3];
const NOT_GLOBAL: readonly [network: string, prefix: number][] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const inside = new BlockList();
for (const [network, prefix, family] of INSIDE) inside.addSubnet(network, prefix, family);
for (const [network, prefix] of NOT_GLOBAL) inside.addSubnet(network, prefix, "ipv6");
const global = new BlockList();
global.addSubnet(...GLOBAL, "ipv6");

/** True as well for what is no address at all. */
export function isInside(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return inside.check(address, "ipv4");
  return family === 0 || !global.check(address, "ipv6") || inside.check(address, "ipv6");
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
 * One address inside is enough to refuse all of them, but for the names in `hostsInside`.
 */
export async function placeOf(
  hostname: string,
  lookUp = lookUpByDns,
  hostsInside: readonly string[] = [],
): Promise<Place> {
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  const addresses = isIP(host) === 0 ? await lookUp(host) : [host];
  const [address] = addresses;
  if (address === undefined) return { refused: "unknown" };
  const isRefused = !hostsInside.includes(host) && addresses.some(isInside);
  return isRefused ? { refused: "inside" } : { address };
}

/** Whether that can be said of a name without asking anybody. */
export function isPlainlyInside(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "").toLowerCase();
  if (isIP(host) !== 0) return isInside(host);
  return !host.includes(".") || /\.(localhost|internal|local|lan|home\.arpa)$/.test(host);
}

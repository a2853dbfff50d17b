/** Whose request this is, by address: whom to believe about it, and what counts as one stranger. */
import { BlockList, isIP } from "node:net";

export type ClientAddress = (peer: string, forwardedFor: string | undefined) => string;

const familyOf = (address: string) => isIP(address) === 6 ? "ipv6" as const : "ipv4" as const;

/** An IPv4 address that came over an IPv6 socket is that IPv4 address. */
function plain(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}

/** True for an address, or an address with the length of its network's prefix. */
export function isNetwork(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined ||
    (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/**
 * The client's address behind proxies in `trusted` networks (`10.0.0.0/8`, `192.0.2.1`): the last
 * entry of `X-Forwarded-For` that none of them is. A peer that is not trusted is the client, and
 * its header is not read: anybody can write one.
 */
export function createClientAddress(trusted: readonly string[]): ClientAddress {
  const proxies = new BlockList();
  for (const network of trusted) {
    const [address = "", bits] = network.split("/");
    if (bits === undefined) proxies.addAddress(address, familyOf(address));
    else proxies.addSubnet(address, Number(bits), familyOf(address));
  }
  const isProxy = (address: string) =>
    isIP(address) !== 0 && proxies.check(address, familyOf(address));
  return (peer, forwardedFor) => {
    let client = plain(peer);
    if (trusted.length === 0 || !isProxy(client)) return client;
    for (const entry of (forwardedFor ?? "").split(",").reverse()) {
      const address = plain(entry.trim());
      // What stands before something unreadable was written by nobody that we know.
      if (isIP(address) === 0) return client;
      client = address;
      if (!isProxy(address)) return client;
    }
    return client;
  };
}

/**
 * What stands for a peer's address in a bucket's key: an IPv4 address, or the /64 network of an
 * IPv6 address, since one subscriber owns all of that.
 */
export function networkOf(address: string): string {
  const known = plain(address);
  if (!known.includes(":")) return known;
  const [head = "", tail] = known.split("%")[0]!.split("::");
  const start = head === "" ? [] : head.split(":");
  const end = tail ? tail.split(":") : [];
  const zeros = tail === undefined ? 0 : 8 - start.length - end.length;
  const groups = [...start, ...Array(Math.max(zeros, 0)).fill("0"), ...end];
  return `${groups.slice(0, 4).join(":")}::/64`;
}

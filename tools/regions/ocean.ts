/**
 * The way from one region to another: whatever goes through arrives later, and every byte of it is
 * remembered. It can be cut: then it takes everything and delivers nothing.
 */
import type { RegionName } from "./canaries.ts";

/** One connection, opened by `from`. */
export type Crossing = {
  from: RegionName;
  to: RegionName;
  asked: Uint8Array[];
  answered: Uint8Array[];
};

export type Ocean = {
  port: number;
  crossings: Crossing[];
  cut(): void;
  /** What was on its way when it was cut is lost, its connections with it. */
  mend(): void;
  close(): void;
};

type Options = {
  from: RegionName;
  to: RegionName;
  /** Where the region that asks reaches it. */
  hostname: string;
  /** The door of the other region. */
  door: Deno.ConnectOptions;
  /** One way. */
  delayMs: number;
};

const CHUNK_BYTES = 64 * 1024;
/** On their way in one direction; a wire holds no more either. */
const CHUNKS_MAX = 256;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export function openOcean({ from, to, hostname, door, delayMs }: Options): Ocean {
  const listener = Deno.listen({ hostname, port: 0 });
  const crossings: Crossing[] = [];
  const open = new Set<Deno.Conn>();
  const lost = new Set<Deno.Conn>();
  let isCut = false;

  function close(connections: Iterable<Deno.Conn>): void {
    for (const connection of connections) {
      open.delete(connection);
      lost.delete(connection);
      try {
        connection.close();
      } catch {
        // Closed already.
      }
    }
  }

  async function carry(near: Deno.Conn, far: Deno.Conn, seen: Uint8Array[]): Promise<void> {
    let writing = Promise.resolve();
    let underWay = 0;
    async function deliver(bytes: Uint8Array, dueAt: number): Promise<void> {
      await wait(Math.max(dueAt - performance.now(), 0));
      if (isCut) return void lost.add(near).add(far);
      for (let at = 0; at < bytes.length;) at += await far.write(bytes.subarray(at));
      underWay--;
    }
    const buffer = new Uint8Array(CHUNK_BYTES);
    try {
      for (;;) {
        const count = await near.read(buffer);
        if (count === null) break;
        const bytes = buffer.slice(0, count);
        seen.push(bytes);
        underWay++;
        const dueAt = performance.now() + delayMs;
        writing = writing.then(() => deliver(bytes, dueAt));
        writing.catch(() => close([near, far]));
        if (underWay > CHUNKS_MAX) await writing;
      }
      await writing;
      await wait(delayMs);
    } catch {
      // One side is gone; so is the other.
    }
    if (!isCut) close([near, far]);
  }

  async function cross(near: Deno.Conn): Promise<void> {
    open.add(near);
    // A handshake takes a round trip before the first byte may leave.
    await wait(2 * delayMs);
    if (isCut) return void lost.add(near);
    try {
      const far = await Deno.connect(door);
      open.add(far);
      const crossing: Crossing = { from, to, asked: [], answered: [] };
      crossings.push(crossing);
      await Promise.all([
        carry(near, far, crossing.asked),
        carry(far, near, crossing.answered),
      ]);
    } catch {
      close([near]);
    }
  }

  (async () => {
    for await (const near of listener) cross(near);
  })();

  return {
    port: listener.addr.port,
    crossings,
    cut: () => void (isCut = true),
    mend() {
      isCut = false;
      close([...lost]);
    },
    close() {
      listener.close();
      close([...open]);
    },
  };
}

export const textOf = (chunks: readonly Uint8Array[]): string =>
  chunks.map((bytes) => new TextDecoder("latin1").decode(bytes)).join("");

/** What a Kubernetes service does: new connections go to instances that are ready, open ones stay. */

const ROUND_MS = 150;
const ASK_MS = 1_000;

export type Balancer = {
  /** One that is ready. */
  add(port: number): void;
  remove(port: number): void;
  stop(): Promise<void>;
};

/** Listens on `port` of the loopback and hands connections on to ports of it. */
export function startBalancer(port: number): Balancer {
  const ready = new Map<number, boolean>();
  const open = new Set<Deno.Conn>();
  let turn = 0;
  let isStopping = false;
  const listener = Deno.listen({ hostname: "127.0.0.1", port });

  async function ask(backend: number): Promise<void> {
    const isReady = await fetch(`http://127.0.0.1:${backend}/ready`, {
      signal: AbortSignal.timeout(ASK_MS),
      headers: { connection: "close" },
    }).then(async (answer) => {
      await answer.body?.cancel();
      return answer.ok;
    }, () => false);
    if (ready.has(backend)) ready.set(backend, isReady);
  }

  async function watch(): Promise<void> {
    while (!isStopping) {
      await Promise.all([...ready.keys()].map(ask));
      await new Promise((resolve) => setTimeout(resolve, ROUND_MS));
    }
  }

  async function connectToOne(): Promise<Deno.Conn | undefined> {
    const well = [...ready].filter(([, isReady]) => isReady).map(([port]) => port);
    // Where none says that it is ready, one may be slow to say so.
    const backends = well.length > 0 ? well : [...ready.keys()];
    for (let tries = 0; tries < backends.length; tries++) {
      const backend = backends[turn++ % backends.length]!;
      try {
        return await Deno.connect({ hostname: "127.0.0.1", port: backend });
      } catch {
        // It has just ended; the next round will notice.
      }
    }
  }

  async function hand(client: Deno.Conn): Promise<void> {
    const backend = await connectToOne();
    if (!backend) return client.close();
    open.add(client).add(backend);
    await Promise.allSettled([
      client.readable.pipeTo(backend.writable),
      backend.readable.pipeTo(client.writable),
    ]);
    open.delete(client);
    open.delete(backend);
  }

  async function accept(): Promise<void> {
    for await (const client of listener) hand(client).catch(() => {});
  }

  const [accepting, watching] = [accept().catch(() => {}), watch()];
  return {
    add: (backend) => void ready.set(backend, true),
    remove: (backend) => void ready.delete(backend),
    async stop() {
      isStopping = true;
      listener.close();
      for (const connection of open) {
        try {
          connection.close();
        } catch {
          // Closed by itself.
        }
      }
      await Promise.all([accepting, watching]);
    },
  };
}

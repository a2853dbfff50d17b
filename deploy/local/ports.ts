/** Finds out which ports are taken, and by whom. */

export type BusyPort = { port: number; purpose: string; holder?: { pid: number; command: string } };

const LISTEN_STATE = "0A";
/** The program and its last arguments say most. */
const COMMAND_START_LENGTH = 60;
const COMMAND_END_LENGTH = 80;

export function findBusyPorts(wanted: { port: number; purpose: string }[]): BusyPort[] {
  return wanted.filter(({ port }) => !isFree(port)).map(({ port, purpose }) => {
    const holder = findHolder(port);
    return { port, purpose, ...(holder ? { holder } : {}) };
  });
}

export function describeBusyPorts(busy: BusyPort[]): string {
  const lines = busy.map(({ port, purpose, holder }) =>
    `  ${port} (${purpose}) is held by ${
      holder
        ? `process ${holder.pid}: ${holder.command}`
        : "a process that is not visible from here"
    }`
  );
  return `These ports are taken:\n${lines.join("\n")}\n` +
    "Stop what holds them, or set PRAXIS_PORT_OFFSET to move the whole platform.";
}

export function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}

/** A port that nothing listens on now. */
export function findFreePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

function findHolder(port: number): { pid: number; command: string } | undefined {
  const sockets = new Set([...listeningSockets("tcp", port), ...listeningSockets("tcp6", port)]);
  if (sockets.size === 0) return undefined;
  for (const { name } of Deno.readDirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    if (descriptorsOf(pid).some((target) => sockets.has(target))) {
      return { pid, command: commandOf(pid) };
    }
  }
  return undefined;
}

/** What a process's descriptors point at; nothing for one that ended or is somebody else's. */
function descriptorsOf(pid: number): string[] {
  return attempt(() => [...Deno.readDirSync(`/proc/${pid}/fd`)]).flatMap(({ name }) =>
    // One that closed meanwhile (the listing's own always has) says nothing of those behind it.
    attempt(() => [Deno.readLinkSync(`/proc/${pid}/fd/${name}`)])
  );
}

function attempt<Item>(read: () => Item[]): Item[] {
  try {
    return read();
  } catch {
    return [];
  }
}

function listeningSockets(table: "tcp" | "tcp6", port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const lines = attempt(() => Deno.readTextFileSync(`/proc/net/${table}`).split("\n"));
  return lines.slice(1).map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(suffix) && fields[3] === LISTEN_STATE)
    .map((fields) => `socket:[${fields[9]}]`);
}

function commandOf(pid: number): string {
  const [line = ""] = attempt(() => [Deno.readTextFileSync(`/proc/${pid}/cmdline`)]);
  const text = line.replaceAll("\0", " ").trim();
  if (text.length <= COMMAND_START_LENGTH + COMMAND_END_LENGTH) return text;
  return `${text.slice(0, COMMAND_START_LENGTH)} … ${text.slice(-COMMAND_END_LENGTH)}`;
}

/** A small client for Redis' own protocol (RESP2): pipelined, with a time limit on every answer. */

export type Reply = string | number | null | Uint8Array | RedisError | Reply[];
export type Argument = string | Uint8Array;

/** Redis' own word for what went wrong, such as `WRONGTYPE …`. */
export class RedisError {
  constructor(readonly message: string) {}
}

/** Redis cannot be reached, or went away before it answered. */
export class RedisUnavailable extends Error {
  override name = "RedisUnavailable";
}

export type RedisAddress = { port: number; password: string; database?: number };

const CONNECT_LIMIT_MS = 2_000;
const REPLY_LIMIT_MS = 10_000;
const READ_BYTES = 65_536;
const CR = 13;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

type Waiting = {
  replies: Reply[];
  expected: number;
  resolve: (replies: Reply[]) => void;
  reject: (error: Error) => void;
};

/** One connection. Answers come back in the order in which commands were sent. */
export class RespConnection {
  #socket: Deno.TcpConn;
  #parser = new ReplyParser();
  #waiting: Waiting[] = [];
  #writing: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;
  #closing = Promise.withResolvers<void>();
  /** Takes every answer from then on, for a connection that subscribes. */
  onPush: ((reply: Reply) => void) | undefined;

  private constructor(socket: Deno.TcpConn) {
    this.#socket = socket;
    this.#read();
  }

  static async connect(address: RedisAddress): Promise<RespConnection> {
    let socket: Deno.TcpConn;
    try {
      socket = await Deno.connect({
        hostname: "127.0.0.1",
        port: address.port,
        signal: AbortSignal.timeout(CONNECT_LIMIT_MS),
      });
    } catch (error) {
      throw new RedisUnavailable(`Redis does not answer on port ${address.port}`, { cause: error });
    }
    socket.setNoDelay(true);
    const connection = new RespConnection(socket);
    const greeting: Argument[][] = [["AUTH", address.password]];
    if (address.database) greeting.push(["SELECT", String(address.database)]);
    const refused = (await connection.send(greeting)).find((reply) => reply instanceof RedisError);
    if (refused instanceof RedisError) {
      connection.close();
      throw new RedisUnavailable(refused.message);
    }
    return connection;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get closed(): Promise<void> {
    return this.#closing.promise;
  }

  /** One answer per command. Rejects when the connection breaks or the limit passes. */
  send(commands: Argument[][], limitMs = REPLY_LIMIT_MS): Promise<Reply[]> {
    if (this.#isClosed) return Promise.reject(new RedisUnavailable("the connection is closed"));
    const { promise, resolve, reject } = Promise.withResolvers<Reply[]>();
    this.#waiting.push({ replies: [], expected: commands.length, resolve, reject });
    // Answers have no names: after one that is late, none on this connection can be trusted.
    if (this.#waiting.length === 1) this.#restartTimer(limitMs);
    const bytes = encodeCommands(commands);
    this.#writing = this.#writing.then(() => this.#write(bytes)).catch(() => this.close());
    return promise;
  }

  /** Sends a command whose answers all go to `onPush`. */
  notify(command: Argument[]): void {
    const bytes = encodeCommands([command]);
    this.#writing = this.#writing.then(() => this.#write(bytes)).catch(() => this.close());
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    try {
      this.#socket.close();
    } catch {
      // Already closed by the other side.
    }
    for (const waiting of this.#waiting.splice(0)) {
      waiting.reject(new RedisUnavailable("Redis closed the connection"));
    }
    this.#closing.resolve();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    let written = 0;
    while (written < bytes.length) {
      written += await this.#socket.write(bytes.subarray(written));
    }
  }

  async #read(): Promise<void> {
    const chunk = new Uint8Array(READ_BYTES);
    try {
      while (!this.#isClosed) {
        const count = await this.#socket.read(chunk);
        if (count === null) break;
        this.#parser.push(chunk.subarray(0, count));
        for (let reply = this.#parser.next(); reply !== undefined; reply = this.#parser.next()) {
          this.#take(reply);
        }
      }
    } catch {
      // A broken connection ends like a closed one.
    } finally {
      this.close();
    }
  }

  #take(reply: Reply): void {
    const first = this.#waiting[0];
    if (!first) {
      this.onPush?.(reply);
      return;
    }
    first.replies.push(reply);
    if (first.replies.length < first.expected) return;
    this.#waiting.shift();
    clearTimeout(this.#timer);
    if (this.#waiting.length > 0) this.#restartTimer(REPLY_LIMIT_MS);
    first.resolve(first.replies);
  }

  #restartTimer(limitMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.close(), limitMs);
  }
}

export function encodeCommands(commands: Argument[][]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const command of commands) {
    parts.push(encoder.encode(`*${command.length}\r\n`));
    for (const argument of command) {
      const bytes = typeof argument === "string" ? encoder.encode(argument) : argument;
      parts.push(encoder.encode(`$${bytes.length}\r\n`), bytes, encoder.encode("\r\n"));
    }
  }
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Turns bytes that arrive in pieces into whole replies, reading every byte once. */
export class ReplyParser {
  #bytes: Uint8Array = new Uint8Array(READ_BYTES);
  #start = 0;
  #end = 0;
  #open: { items: Reply[]; length: number }[] = [];

  push(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#bytes.length) {
      const used = this.#end - this.#start;
      const needed = used + chunk.length;
      const room = needed * 2 > this.#bytes.length ? new Uint8Array(needed * 2) : this.#bytes;
      room.set(this.#bytes.subarray(this.#start, this.#end));
      this.#bytes = room;
      this.#start = 0;
      this.#end = used;
    }
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** The next whole reply, or undefined until more bytes have come. */
  next(): Reply | undefined {
    while (true) {
      const token = this.#nextToken();
      if (token === undefined) return undefined;
      if (token === "array") continue;
      let value: Reply = token.value;
      while (this.#open.length > 0) {
        const innermost = this.#open.at(-1)!;
        innermost.items.push(value);
        if (innermost.items.length < innermost.length) break;
        this.#open.pop();
        value = innermost.items;
      }
      if (this.#open.length === 0) return value;
    }
  }

  #nextToken(): { value: Reply } | "array" | undefined {
    const lineEnd = this.#bytes.subarray(this.#start, this.#end).indexOf(CR);
    if (lineEnd < 0 || this.#start + lineEnd + 2 > this.#end) return undefined;
    const line = decoder.decode(this.#bytes.subarray(this.#start, this.#start + lineEnd));
    const afterLine = this.#start + lineEnd + 2;
    const rest = line.slice(1);
    switch (line[0]) {
      case "+":
        this.#start = afterLine;
        return { value: rest };
      case "-":
        this.#start = afterLine;
        return { value: new RedisError(rest) };
      case ":":
        this.#start = afterLine;
        return { value: Number(rest) };
      case "$": {
        const length = Number(rest);
        if (length < 0) {
          this.#start = afterLine;
          return { value: null };
        }
        if (afterLine + length + 2 > this.#end) return undefined;
        this.#start = afterLine + length + 2;
        return { value: this.#bytes.slice(afterLine, afterLine + length) };
      }
      case "*": {
        const length = Number(rest);
        this.#start = afterLine;
        if (length < 0) return { value: null };
        if (length === 0) return { value: [] };
        this.#open.push({ items: [], length });
        return "array";
      }
      default:
        throw new RedisUnavailable("this is not Redis' protocol");
    }
  }
}

/** A small process that outlives the supervisor just long enough to stop whatever it left running. */
import { type Running, STACK_VARIABLE, watchChild } from "./process.ts";
import { stopMarked } from "./reaper.ts";

export type Guardian = Running & {
  /** Tells the guardian that the supervisor is done. */
  dismiss(): Promise<void>;
};

export type GuardianOptions = {
  stack: string;
  /** Held for as long as anything of the stack may still run. */
  lockFile: string;
  denoEnvironment: Record<string, string>;
};

export async function startGuardian(options: GuardianOptions): Promise<Guardian> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--no-config", "--no-check", "-A"],
      import.meta.filename ?? "",
      options.stack,
      options.lockFile,
    ],
    env: options.denoEnvironment,
    clearEnv: true,
    detached: true,
    // The end of this pipe is the one message: it comes however the supervisor ends.
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const running = watchChild(child);
  const { value } = await child.stdout.getReader().read();
  if (!value) throw new Error(`the guardian did not start: ${await child.stderr.text()}`);
  const writer = child.stdin.getWriter();
  return {
    ...running,
    async dismiss() {
      await writer.close().catch(() => {});
      await running.exited;
    },
  };
}

async function guard(stack: string, lockFile: string): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // Whoever wants the stack to end tells the supervisor.
    Deno.addSignalListener(signal, () => {});
  }
  const lock = await Deno.open(lockFile, { create: true, write: true });
  await lock.lock(true);
  await Deno.stdout.write(new TextEncoder().encode("watching\n"));
  for await (const _ of Deno.stdin.readable) {
    // Nothing is ever said; only the end counts.
  }
  await stopMarked(stack);
  Deno.exit(0);
}

if (import.meta.main) {
  const [stack, lockFile] = Deno.args;
  if (!stack || !lockFile) throw new Error(`usage: guardian.ts <${STACK_VARIABLE}> <lock file>`);
  await guard(stack, lockFile);
}

/** The clock that drives rotation in a running service. */
import type { Log } from "@praxis/shared/telemetry";
import { rotateWhenDue } from "./keys.ts";
import type { Keys } from "./model.ts";
import type { RotationDeps } from "./rotation.ts";

const TICK_MS = 60_000;

/** Every instance ticks; an advisory lock lets one of them act. Returns how to stop it. */
export function startRotation(deps: RotationDeps & { keys: Keys; log: Log }): () => void {
  const timer = setInterval(async () => {
    try {
      if (await rotateWhenDue(deps) > 0) await deps.keys.reload();
    } catch (error) {
      // The next tick comes in a minute, and nothing about rotation is urgent.
      deps.log.error("key rotation failed", error);
    }
  }, TICK_MS);
  return () => clearInterval(timer);
}

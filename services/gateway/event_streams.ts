/** Events go on for long: they end when their listener's session does. */
import { RECHECK_MS } from "./websocket.ts";

export const isEventStream = (answer: Response): boolean =>
  /^text\/event-stream\b/i.test(answer.headers.get("content-type") ?? "");

/** The same events, until `isStillAllowed`, asked every second, says no. Not knowing is no refusal. */
export function whileAllowed(
  events: ReadableStream<Uint8Array<ArrayBuffer>>,
  isStillAllowed: () => Promise<boolean>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = events.getReader();
  const timer = setInterval(async () => {
    if (await isStillAllowed().catch(() => true)) return;
    clearInterval(timer);
    // Whoever waits for the next event hears that there is none.
    await reader.cancel().catch(() => {});
  }, RECHECK_MS);
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        clearInterval(timer);
        controller.close();
      } catch (error) {
        clearInterval(timer);
        controller.error(error);
      }
    },
    cancel(reason) {
      clearInterval(timer);
      return reader.cancel(reason);
    },
  });
}

/** Progress as server-sent events: what has happened so far, and what happens from then on. */
import { stream } from "@praxis/shared/http";

/** How long a stream stays open; a browser opens it again and goes on where it was. */
const STREAM_MS = 60_000;
const LOOK_MS = 250;

export type Progress = {
  entries: { seq: number }[];
  /** The last event of the stream; undefined while there may be more. */
  end: { event: string; data: unknown } | undefined;
};

/**
 * Answers with a stream of `history` events and the one that ends it. `look` tells what there is
 * after an entry; whatever it throws ends the stream, and the browser finds the problem when it
 * opens it again. `first` is a look that was taken already, so that what does not exist is a
 * problem and no stream.
 */
export function streamProgress(
  { after: from, gone, first, look }: {
    after: number;
    gone: AbortSignal;
    first: Progress;
    look: (after: number) => Promise<Progress>;
  },
): Response {
  let after = from;
  let next: Progress | undefined = first;
  const endsAt = performance.now() + STREAM_MS;
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        for (;;) {
          const { entries, end } = next ?? await look(after);
          next = undefined;
          const lines = entries.map((entry) =>
            `id: ${entry.seq}\nevent: history\ndata: ${JSON.stringify(entry)}\n\n`
          );
          after = entries.at(-1)?.seq ?? after;
          if (end) lines.push(`event: ${end.event}\ndata: ${JSON.stringify(end.data)}\n\n`);
          if (lines.length > 0) controller.enqueue(encoder.encode(lines.join("")));
          if (end || gone.aborted || performance.now() > endsAt) return controller.close();
          if (lines.length > 0) return;
          await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
        }
      } catch {
        controller.close();
      }
    },
  });
  return stream(body, 200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
}

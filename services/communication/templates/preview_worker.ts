/** Renders and checks templates apart from everything else, so that it can be ended at any moment. */
import { type Task, work } from "./rendering.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<Task>) => void;
  postMessage(answer: unknown): void;
};

scope.onmessage = ({ data }) => {
  try {
    scope.postMessage({ result: work(data) });
  } catch {
    // The error's own words may repeat a value.
    scope.postMessage({ isImpossible: true });
  }
};

// The time of a task begins when there is somebody to do it.
scope.postMessage("ready");

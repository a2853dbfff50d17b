/** Calls that sagas make, in the shape in which services take them. */
import type { Command } from "./model.ts";

export const order = (service: string, path: string, body: unknown = {}): Command => ({
  service,
  method: "POST",
  path,
  body,
});

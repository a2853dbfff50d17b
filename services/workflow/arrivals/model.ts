/** A fact as runs see it. */
import type { Json } from "../language/language.ts";

export type Heard = {
  id: string;
  type: string;
  source: string;
  subject: string;
  time: string;
  data: Json;
};

/** The envelope of a fact: CloudEvents 1.0, JSON format, with our extension attributes. */
import { z } from "zod";

export const EventEnvelope = z.object({
  specversion: z.literal("1.0"),
  id: z.uuid(),
  /** `/content`: the service that says so. */
  source: z.string().regex(/^\/[a-z]{2,30}$/),
  type: z.string().regex(/^[a-z_]+(\.[a-z_]+)+$/).max(100),
  /** The id of what the fact is about; events of one subject arrive in order. */
  subject: z.string().max(200),
  time: z.iso.datetime(),
  datacontenttype: z.literal("application/json"),
  /** The version of `data`'s schema. */
  dataversion: z.number().int().min(1),
  organizationid: z.uuid(),
  requestid: z.string().max(100).optional(),
  /** CloudEvents' extension for distributed tracing; follows from `requestid`. */
  traceparent: z.string().max(100).optional(),
  data: z.unknown(),
});
export type EventEnvelope = z.infer<typeof EventEnvelope>;

/** A kind of fact: its name, its shape, and who is told. */
export type EventDefinition<T extends z.ZodType = z.ZodType> = {
  type: string;
  version: number;
  data: T;
  /** Names of services; each gets every event at `POST /internal/events`. */
  subscribers: readonly string[];
};

export function defineEvent<T extends z.ZodType>(
  definition: EventDefinition<T>,
): EventDefinition<T> {
  return definition;
}

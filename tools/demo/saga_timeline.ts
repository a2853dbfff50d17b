/** Starts sagas as a person does, waits for their end, and prints what happened. */
import { z } from "zod";
import { type SignedIn, signIn, until } from "../client.ts";
import { table } from "./report.ts";

const Me = z.object({ id: z.string(), fullName: z.string() });
const Saga = z.object({ id: z.string(), state: z.string(), reason: z.string().nullable() });
export const SagaDetail = Saga.extend({
  requestId: z.string(),
  history: z.array(z.object({
    at: z.string(),
    step: z.string().nullable(),
    event: z.string(),
    detail: z.string().nullable(),
  })),
});
export type SagaDetail = z.output<typeof SagaDetail>;

export type Someone = { client: SignedIn; id: string; fullName: string };

export async function meet(url: string, name: string): Promise<Someone> {
  const client = await signIn(url, `${name}@demo.praxis.test`);
  return { client, ...Me.parse(await client.get("/api/identity/users/me")) };
}

export async function startSaga(
  { client }: Pick<Someone, "client">,
  name: string,
  input: Record<string, unknown>,
): Promise<string> {
  return Saga.parse(await client.post("/api/workflow/sagas", { name, input })).id;
}

/** `client` must be allowed to read sagas, which is not so of everyone who may start one. */
export const sagaEnd = (client: SignedIn, id: string): Promise<SagaDetail> =>
  until("the end of the saga", async () => {
    const saga = SagaDetail.parse(await client.get(`/api/workflow/sagas/${id}`));
    return saga.state === "running" || saga.state === "compensating" ? undefined : saga;
  });

export function showTimeline({ history }: SagaDetail): void {
  const begin = Date.parse(history[0]?.at ?? "");
  table([
    ["  ms", "step", "", ""],
    ...history.map(({ at, step, event, detail }) => [
      String(Date.parse(at) - begin).padStart(4),
      step ?? "",
      event,
      detail ?? "",
    ]),
  ]);
}

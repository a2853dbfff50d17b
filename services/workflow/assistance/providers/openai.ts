/** OpenAI through its own package: the Responses API with a JSON schema. */
import OpenAI, { APIConnectionError, APIConnectionTimeoutError, APIError } from "openai";
import { failureOf, type Provider, type ProviderOutcome, type Usage } from "./provider.ts";

type Options = { apiKey: string; baseURL?: string | undefined; model: string; now: () => Date };
type Response = OpenAI.Responses.Response;

const usageOf = ({ usage }: Response): Usage => ({
  inputTokens: usage?.input_tokens ?? 0,
  outputTokens: usage?.output_tokens ?? 0,
});

/** A refusal comes first: a text may stand beside it, and would look like an answer. */
function outcomeOf(response: Response): ProviderOutcome {
  const usage = usageOf(response);
  const parts = (response.output ?? []).flatMap((item) =>
    item.type === "message" ? item.content : []
  );
  const billed = { usage, mayBeBilled: true };
  const reason = response.incomplete_details?.reason;
  if (parts.some(({ type }) => type === "refusal") || reason === "content_filter") {
    return { kind: "refused", detail: "the model would not answer", ...billed };
  }
  if (response.status === "incomplete") {
    return { kind: "truncated", detail: "the answer was cut off", ...billed };
  }
  if (response.status !== "completed") {
    return { kind: "unavailable", detail: "the answer was not completed", ...billed };
  }
  const text = parts.map((part) => part.type === "output_text" ? part.text : "").join("");
  const providerRequestId = response.id ?? null;
  return { kind: "ok", text, usage, providerRequestId };
}

export function createOpenAi({ apiKey, baseURL, model, now }: Options): Provider {
  const client = new OpenAI({
    apiKey,
    baseURL: baseURL ?? "https://api.openai.com/v1",
    organization: null,
    project: null,
    // Every try is counted and charged by us.
    maxRetries: 0,
    logLevel: "off",
    // The key and the data go where we say, and nowhere that an answer says.
    fetch: (url, init) => fetch(url as string, { ...init as RequestInit, redirect: "error" }),
  });
  return {
    id: "openai",
    model,
    isExternal: true,
    async complete({ instructions, data, schemaName, schema, maxOutputTokens, timeoutMs }) {
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const response = await client.responses.create({
          model,
          instructions,
          input: data,
          store: false,
          max_output_tokens: maxOutputTokens,
          text: { format: { type: "json_schema", name: schemaName, schema, strict: true } },
        }, { signal, timeout: timeoutMs, maxRetries: 0 });
        return outcomeOf(response);
      } catch (error) {
        if (signal.aborted || error instanceof APIConnectionTimeoutError) {
          return { kind: "timeout", detail: "no answer in time", mayBeBilled: true };
        }
        const isApi = error instanceof APIError && !(error instanceof APIConnectionError);
        const status = isApi ? error.status : undefined;
        const retryAfter = isApi ? error.headers?.get("retry-after") : null;
        return failureOf({ status, retryAfter, now: now() });
      }
    },
  };
}

/** Anthropic through its own package: the Messages API with a JSON schema. */
import Anthropic, {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
} from "@anthropic-ai/sdk";
import { failureOf, type Provider, type ProviderOutcome } from "./provider.ts";

type Options = { apiKey: string; baseURL?: string | undefined; model: string; now: () => Date };

/** `stop_reason` comes first: a refusal may still carry text that parses. */
function outcomeOf(message: Anthropic.Message): ProviderOutcome {
  const { stop_reason: reason, content, id } = message;
  const usage = {
    inputTokens: message.usage?.input_tokens ?? 0,
    outputTokens: message.usage?.output_tokens ?? 0,
  };
  const billed = { usage, mayBeBilled: true };
  if (reason === "refusal") {
    return { kind: "refused", detail: "the model would not answer", ...billed };
  }
  if (reason === "max_tokens" || reason === "model_context_window_exceeded") {
    return { kind: "truncated", detail: "the answer was cut off", ...billed };
  }
  if (reason !== "end_turn" && reason !== "stop_sequence") {
    return { kind: "unavailable", detail: "the answer was not completed", ...billed };
  }
  const text = (content ?? []).map((block) => block.type === "text" ? block.text : "").join("");
  return { kind: "ok", text, usage, providerRequestId: id ?? null };
}

export function createAnthropic({ apiKey, baseURL, model, now }: Options): Provider {
  const client = new Anthropic({
    apiKey,
    authToken: null,
    baseURL: baseURL ?? "https://api.anthropic.com",
    maxRetries: 0,
    logLevel: "off",
    fetch: (url, init) => fetch(url as string, { ...init as RequestInit, redirect: "error" }),
  });
  return {
    id: "anthropic",
    model,
    isExternal: true,
    async complete({ instructions, data, schema, maxOutputTokens, timeoutMs }) {
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const message = await client.messages.create({
          model,
          system: instructions,
          messages: [{ role: "user", content: data }],
          max_tokens: maxOutputTokens,
          output_config: { format: { type: "json_schema", schema } },
        }, { signal, timeout: timeoutMs, maxRetries: 0 });
        return outcomeOf(message);
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

/** Providers that reach nobody: our own rules, recordings, and faults by script. */
import type { Provider, ProviderOutcome, ProviderRequest } from "./provider.ts";

const nothing = { inputTokens: 0, outputTokens: 0 };

/** The default: the same checks, no model and no network. */
export const ruleBased: Provider = {
  id: "rule-based",
  model: "rules-1",
  isExternal: false,
  complete: ({ draft }) =>
    Promise.resolve({
      kind: "ok",
      text: JSON.stringify(draft()),
      usage: nothing,
      providerRequestId: null,
    }),
};

export type Cassette = Record<string, string>;

/** Answers from recordings only; what was never recorded is not available. */
export const recorded = (cassette: Cassette): Provider => ({
  id: "recorded",
  model: "recorded",
  isExternal: true,
  complete: ({ key }) => {
    const text = Object.hasOwn(cassette, key) ? cassette[key] : undefined;
    return Promise.resolve(
      text === undefined
        ? { kind: "unavailable", detail: "nothing was recorded for this", mayBeBilled: false }
        : { kind: "ok", text, usage: nothing, providerRequestId: null },
    );
  },
});

/** Keeps what `provider` answers, to be answered again by `recorded`. */
export const recording = (provider: Provider, cassette: Cassette): Provider => ({
  ...provider,
  async complete(request) {
    const outcome = await provider.complete(request);
    if (outcome.kind === "ok") cassette[request.key] = outcome.text;
    return outcome;
  },
});

/** Answers by script, one outcome for each call; sees everything that would leave. */
export function fault(
  script: (request: ProviderRequest) => ProviderOutcome | Promise<ProviderOutcome>,
): Provider & { seen: ProviderRequest[] } {
  const seen: ProviderRequest[] = [];
  return {
    id: "fault",
    model: "fault",
    isExternal: true,
    seen,
    complete: async (request) => {
      seen.push(request);
      return await script(request);
    },
  };
}

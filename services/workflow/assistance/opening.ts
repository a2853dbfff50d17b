/** Assistance as the environment asks for it: a model of another company, or our own rules. */
import { z } from "zod";
import type { Discovery } from "@praxis/shared/discovery";
import type { ServiceToken } from "@praxis/shared/auth";
import type { Ask } from "../sagas/model.ts";
import type { Assistance } from "./model.ts";
import { createIdentifiers } from "./patients.ts";
import type { Provider } from "./providers/provider.ts";
import { ruleBased } from "./providers/own.ts";

const baseUrl = z.url({ protocol: /^https?$/ });
const model = z.string().regex(/^[\w.:/-]{1,100}$/);

/** Without a key nothing leaves. With both, `ASSISTANCE_PROVIDER` says which one is asked. */
export const assistanceConfig = {
  /** Who is asked when there are keys of both; with `rule-based` nothing leaves in any case. */
  ASSISTANCE_PROVIDER: z.enum(["rule-based", "openai", "anthropic"]).optional(),
  OPENAI_API_KEY: z.string().min(1).optional(),
  OPENAI_BASE_URL: baseUrl.optional(),
  OPENAI_MODEL: model.default("gpt-4.1-mini"),
  ANTHROPIC_API_KEY: z.string().min(1).optional(),
  ANTHROPIC_BASE_URL: baseUrl.optional(),
  ANTHROPIC_MODEL: model.default("claude-sonnet-4-5"),
};

type Config = z.output<z.ZodObject<typeof assistanceConfig>> & { CONTEXT_KEY: string };
type Around = { discover: Discovery; serviceToken: ServiceToken; ask: Ask; now: () => Date };

/** The packages are large and loaded only where they are used. */
export async function openProvider(
  config: Omit<Config, "CONTEXT_KEY">,
  now: () => Date,
): Promise<Provider> {
  const { ASSISTANCE_PROVIDER: chosen, OPENAI_API_KEY, ANTHROPIC_API_KEY } = config;
  const isWanted = (name: "openai" | "anthropic") => chosen === undefined || chosen === name;
  if (OPENAI_API_KEY !== undefined && isWanted("openai")) {
    const { createOpenAi } = await import("./providers/openai.ts");
    const { OPENAI_BASE_URL: baseURL, OPENAI_MODEL: model } = config;
    return createOpenAi({ apiKey: OPENAI_API_KEY, baseURL, model, now });
  }
  if (ANTHROPIC_API_KEY !== undefined && isWanted("anthropic")) {
    const { createAnthropic } = await import("./providers/anthropic.ts");
    const { ANTHROPIC_BASE_URL: baseURL, ANTHROPIC_MODEL: model } = config;
    return createAnthropic({ apiKey: ANTHROPIC_API_KEY, baseURL, model, now });
  }
  return ruleBased;
}

export async function openAssistance(
  config: Config,
  { discover, serviceToken, ask, now }: Around,
): Promise<Assistance> {
  return {
    provider: await openProvider(config, now),
    shiftKey: `dates of patients ${config.CONTEXT_KEY}`,
    identifiersOf: createIdentifiers({ discover, serviceToken }),
    ask,
  };
}

/** Everything the gateway reads from its environment. */
import { baseConfig, DEVELOPMENT_SECRET, httpUrl, json, secret } from "@praxis/shared/config";
import { discoveryConfig } from "@praxis/shared/discovery";
import { z } from "zod";

/** `<per second>/<at once>`, as in `100/200`. */
const rate = z.string().regex(/^[1-9]\d{0,6}\/[1-9]\d{0,6}$/).transform((text) => {
  const [perSecond, burst] = text.split("/").map(Number) as [number, number];
  return { perSecond, burst };
});

const origin = z.url({ protocol: /^https?$/ }).refine(
  (text) => URL.parse(text)?.origin === text,
  "an origin has no path",
);

export const Config = z.object({
  ...baseConfig,
  PORT: baseConfig.PORT.default(8000),
  ...discoveryConfig,
  UPSTASH_REDIS_REST_URL: httpUrl,
  UPSTASH_REDIS_REST_TOKEN: z.string().min(1),
  /** The folder of the built web app, `file:///…/`; without it there is one plain page. */
  WEB_FOLDER: z.url({ protocol: /^file$/ }).endsWith("/").transform((url) => new URL(url))
    .optional(),
  /** The key of every service's signed context, by its name. */
  CONTEXT_KEYS: json(z.object({
    identity: secret,
    content: secret,
    communication: secret,
    workflow: secret,
    practice: secret,
  })),
  /** Origins beside PUBLIC_URL's own whose pages may read answers, separated by commas. */
  CORS_ORIGINS: z.string().default("").transform((text) => text.split(",").filter(Boolean))
    .pipe(z.array(origin)),
  /** Requests of one signed-in user. */
  RATE_LIMIT_USER: rate.default({ perSecond: 100, burst: 200 }),
  /** Requests of one address without a token that is known to be good. */
  RATE_LIMIT_ADDRESS: rate.default({ perSecond: 50, burst: 200 }),
  /** Sign-ins from one address. */
  RATE_LIMIT_SIGN_IN: rate.default({ perSecond: 10, burst: 30 }),
}).refine(
  ({ PRAXIS_ENV, CONTEXT_KEYS }) =>
    PRAXIS_ENV !== "production" ||
    !Object.values(CONTEXT_KEYS).some((key) => key.includes(DEVELOPMENT_SECRET)),
  { path: ["CONTEXT_KEYS"], message: "holds a development secret" },
);
export type Config = z.output<typeof Config>;

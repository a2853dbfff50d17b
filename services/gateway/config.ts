/** Everything the gateway reads from its environment. */
import { baseConfig, DEVELOPMENT_SECRET, httpUrl, json, secret } from "@praxis/shared/config";
import { discoveryConfig } from "@praxis/shared/discovery";
import { z } from "zod";
import { isNetwork } from "./addresses.ts";
import { VersionWeights } from "./versions.ts";

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
  /** Where Vite serves the web app; development only. */
  WEB_DEV_URL: httpUrl.optional(),
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
  /** Requests of all users of one organization together. */
  RATE_LIMIT_ORGANIZATION: rate.default({ perSecond: 2_000, burst: 4_000 }),
  /** Requests of one program of others, by its client id. */
  RATE_LIMIT_KEY: rate.default({ perSecond: 50, burst: 100 }),
  /** Proxies whose X-Forwarded-For is believed: addresses and networks, separated by commas. */
  TRUSTED_PROXIES: z.string().default("").transform((text) => text.split(",").filter(Boolean))
    .pipe(z.array(z.string().refine(isNetwork, "neither an address nor a network"))),
  /** Which versions of a service organizations meet. */
  VERSION_WEIGHTS: json(VersionWeights).optional(),
  /** The other regions' gateways: `{"ca":"https://…"}`. */
  REGIONS: json(z.record(z.string().regex(/^[a-z]{2,8}$/), httpUrl)).optional(),
  /** Several processes share the port when each says so. */
  REUSE_PORT: z.enum(["1"]).optional(),
  /** Sign-ins from one address. */
  RATE_LIMIT_SIGN_IN: rate.default({ perSecond: 10, burst: 30 }),
}).refine(
  ({ PRAXIS_ENV, CONTEXT_KEYS }) =>
    PRAXIS_ENV !== "production" ||
    !Object.values(CONTEXT_KEYS).some((key) => key.includes(DEVELOPMENT_SECRET)),
  { path: ["CONTEXT_KEYS"], message: "holds a development secret" },
).refine(
  ({ PRAXIS_ENV, WEB_DEV_URL }) => WEB_DEV_URL === undefined || PRAXIS_ENV === "development",
  { path: ["WEB_DEV_URL"], message: "is for development only" },
);
export type Config = z.output<typeof Config>;

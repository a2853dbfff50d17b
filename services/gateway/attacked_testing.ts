/** For the attacks: a gateway before identity and one service, and a caller that writes raw bytes. */
import { requestRaw } from "./raw_testing.ts";
import { openGateway, standInIdentity, standInService, until } from "./testing.ts";

export type Attacked = Awaited<ReturnType<typeof openAttacked>>;

/** Ready to be asked; limits are out of the way. */
export async function openAttacked() {
  const identity = await standInIdentity();
  const content = standInService("content");
  const gateway = openGateway({
    urls: { identity: identity.url, content: content.url },
    environment: { RATE_LIMIT_ADDRESS: "100000/100000", RATE_LIMIT_USER: "100000/100000" },
  });
  gateway.follow();
  await until(() => gateway.deps.staleSeconds() < 60);
  return {
    identity,
    content,
    gateway,
    get: (authorization: string | undefined, headers: string[] = []) =>
      requestRaw(gateway.port, "GET /api/content/x", [
        ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
        ...headers,
      ]),
    close: () => Promise.all([gateway.close(), identity.close(), content.close()]),
  };
}

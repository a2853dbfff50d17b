/** The one-time token of a letter's link: behind `#`, where no server and no Referer sees it. */
import { useSyncExternalStore } from "react";

function subscribe(listener: () => void): () => void {
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
}

/** A newer letter's link that is put into the same tab changes nothing but what is behind `#`. */
export function useLinkToken(): string | undefined {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  return new URLSearchParams(hash.slice(1)).get("token") || undefined;
}

/** The one-time token of a letter's link: behind `#`, where no server and no Referer sees it. */
import { useState } from "react";

export function useLinkToken(): string | undefined {
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get("token"));
  return token || undefined;
}

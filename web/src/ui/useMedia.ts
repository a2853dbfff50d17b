/** Whether a media query holds, for the few things that CSS cannot say, such as a colSpan. */
import { useCallback, useSyncExternalStore } from "react";

export function useMedia(query: string): boolean {
  const subscribe = useCallback((listener: () => void) => {
    const media = matchMedia(query);
    media.addEventListener("change", listener);
    return () => media.removeEventListener("change", listener);
  }, [query]);
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}

/** Below Tailwind's `sm`. */
export const useIsNarrow = (): boolean => useMedia("(width < 40rem)");

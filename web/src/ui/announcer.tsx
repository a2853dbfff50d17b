/** Says short things to screen readers, and shows them for a moment to everyone else. */
import { createContext, type ReactNode, use, useCallback, useEffect, useState } from "react";
import { Icon } from "./Icon.tsx";

type Announce = (message: string) => void;
const Context = createContext<Announce>(() => {});
export const useAnnounce = (): Announce => use(Context);

const SHOWN_MS = 4_000;

export function Announcer({ children }: { children: ReactNode }) {
  const [message, setMessage] = useState<{ text: string; at: number }>();
  const announce = useCallback((text: string) => setMessage({ text, at: performance.now() }), []);

  useEffect(() => {
    if (!message) return;
    const timer = setTimeout(() => setMessage(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [message]);

  return (
    <Context value={announce}>
      {children}
      <div
        role="status"
        aria-live="polite"
        className="pointer-events-none fixed inset-x-0 bottom-20 z-40 flex justify-center px-4 sm:bottom-6"
      >
        {message && (
          <p
            key={message.at}
            className="enter flex items-center gap-2 rounded-md bg-ink px-3.5 py-2 text-base font-medium text-canvas shadow-float"
          >
            <Icon name="check" className="size-4.5" />
            {message.text}
          </p>
        )}
      </div>
    </Context>
  );
}

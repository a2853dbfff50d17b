/** The title of the page in the browser's tab. */
import { useEffect } from "react";

export function usePageTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? `${title.slice(0, 120)} · Praxis` : "Praxis";
  }, [title]);
}

/** Arrow keys between the rows of a list; Home and End to its ends. */
import type { KeyboardEvent } from "react";

export function moveBetweenRows(event: KeyboardEvent): void {
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-row]")];
  const at = links.indexOf(document.activeElement as HTMLElement);
  const to = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: links.length - 1,
  }[event.key];
  if (to === undefined || at === -1) return;
  const link = links[to];
  if (!link) return;
  event.preventDefault();
  link.focus();
  link.scrollIntoView({ block: "nearest" });
}

/** The way back to the list that a thing stands in. */
import { createLink } from "@tanstack/react-router";
import type { ComponentProps } from "react";
import { Icon } from "./Icon.tsx";

export const BackLink = createLink(({ children, ...props }: ComponentProps<"a">) => (
  <a
    {...props}
    className="-ml-1 inline-flex items-center gap-1 rounded-sm pr-1.5 text-sm text-ink-2 hover:text-ink"
  >
    <Icon name="back" className="size-4.5" />
    {children}
  </a>
));

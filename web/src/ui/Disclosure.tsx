/** Something that few people want to see, behind its name. */
import type { ReactNode } from "react";
import { Icon } from "./Icon.tsx";

type Props = {
  title: string;
  children: ReactNode;
  /** For what is fetched only when somebody looks. */
  onOpen?: () => void;
};

export function Disclosure({ title, children, onOpen }: Props) {
  return (
    <details
      className="group"
      onToggle={({ currentTarget }) => currentTarget.open && onOpen?.()}
    >
      <summary className="inline-flex list-none items-center gap-1 rounded-sm text-sm font-medium text-ink-2 hover:text-ink [&::-webkit-details-marker]:hidden">
        <Icon name="next" className="size-4.5 transition-transform group-open:rotate-90" />
        {title}
      </summary>
      <div className="mt-2">{children}</div>
    </details>
  );
}

/** What went wrong or needs a look, in words, with the way on beside it. */
import type { ReactNode } from "react";
import { Icon, type IconName } from "./Icon.tsx";

export type Tone = "neutral" | "good" | "caution" | "danger";

const tones: Record<Tone, { box: string; icon: IconName; ink: string }> = {
  neutral: { box: "bg-surface border-line", icon: "info", ink: "text-ink-3" },
  good: { box: "bg-good-soft border-transparent", icon: "check", ink: "text-good" },
  caution: { box: "bg-caution-soft border-transparent", icon: "warning", ink: "text-caution" },
  danger: { box: "bg-danger-soft border-transparent", icon: "warning", ink: "text-danger" },
};

type Props = {
  tone?: Tone;
  title: string;
  icon?: IconName;
  children?: ReactNode;
  action?: ReactNode;
  /** Read out at once when it appears. */
  isUrgent?: boolean;
};

export function Notice({ tone = "neutral", title, icon, children, action, isUrgent }: Props) {
  const look = tones[tone];
  return (
    <div
      role={isUrgent ? "alert" : "status"}
      className={`enter flex flex-wrap items-start gap-x-3 gap-y-2 rounded-md border px-3.5 py-3 ${look.box}`}
    >
      <Icon name={icon ?? look.icon} className={`mt-px size-4.5 ${look.ink}`} />
      <div className="min-w-0 flex-1 basis-52 wrap-anywhere">
        <p className="font-medium text-ink">{title}</p>
        {children && <div className="mt-0.5 text-sm text-ink-2">{children}</div>}
      </div>
      {action && <div className="flex gap-2">{action}</div>}
    </div>
  );
}

/** Nothing here yet: says why, and what to do about it. */
export function Empty(
  { icon, title, children, action }: {
    icon: IconName;
    title: string;
    children?: ReactNode;
    action?: ReactNode;
  },
) {
  return (
    <div className="fade-in mx-auto flex max-w-sm flex-col items-center px-6 py-16 text-center">
      <span className="mb-4 grid size-12 place-items-center rounded-full bg-sunken text-ink-3">
        <Icon name={icon} className="size-6" />
      </span>
      <p className="text-lg font-semibold text-ink">{title}</p>
      {children && <div className="mt-1 text-ink-2 wrap-anywhere">{children}</div>}
      {action && <div className="mt-5 flex gap-2">{action}</div>}
    </div>
  );
}

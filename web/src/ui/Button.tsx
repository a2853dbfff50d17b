/** Buttons: one primary per view, the others quiet; also as links, and as icons with a name. */
import { createLink } from "@tanstack/react-router";
import type { ReactNode, Ref } from "react";
import { Button as AriaButton, type ButtonProps as AriaProps } from "react-aria-components/Button";
import { Tooltip, TooltipTrigger } from "react-aria-components/Tooltip";
import { Icon, type IconName } from "./Icon.tsx";

export type Look = "primary" | "secondary" | "quiet" | "danger";

const base =
  "inline-flex items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium " +
  "transition-colors duration-100 select-none data-[disabled]:opacity-45 aria-disabled:opacity-45";
const looks: Record<Look, string> = {
  primary: "bg-accent text-on-accent data-[hovered]:bg-accent-hover hover:bg-accent-hover " +
    "data-[pressed]:translate-y-px",
  secondary: "bg-raised text-ink border border-line-strong/60 hover:border-line-strong " +
    "hover:bg-surface data-[pressed]:translate-y-px",
  quiet: "text-ink-2 hover:bg-sunken hover:text-ink",
  danger: "bg-danger text-on-danger hover:brightness-110",
};
const sizes = { md: "h-9 px-3.5 text-base", sm: "h-8 px-2.5 text-sm" };

export const buttonClass = (look: Look = "secondary", size: keyof typeof sizes = "md") =>
  `${base} ${looks[look]} ${sizes[size]}`;

type Props = Omit<AriaProps, "className" | "style" | "children"> & {
  look?: Look;
  size?: keyof typeof sizes;
  icon?: IconName | undefined;
  children: ReactNode;
  className?: string;
  ref?: Ref<HTMLButtonElement>;
};

/**
 * `isPending` keeps the button focused and lets nothing happen twice. React Aria's own announces
 * the end of waiting by the button's name, which is wrong once the button is gone.
 */
export function Button(
  { look, size, icon, children, className = "", isPending = false, onPress, ...props }: Props,
) {
  const breath = isPending ? "breathe" : "";
  return (
    <AriaButton
      {...props}
      {...(onPress && !isPending ? { onPress } : {})}
      className={`${buttonClass(look, size)} ${className}`}
    >
      {icon && <Icon name={icon} className={`size-4.5 -ml-0.5 ${breath}`} />}
      <span className={breath}>{children}</span>
    </AriaButton>
  );
}

/** A link that looks like a button: it goes somewhere, so it stays an anchor. */
export const ButtonLink = createLink(
  ({ look, size, icon, children, className = "", ...props }:
    & Omit<React.ComponentProps<"a">, "className">
    & Pick<Props, "look" | "size" | "icon" | "className">) => (
    <a {...props} className={`${buttonClass(look, size)} ${className}`}>
      {icon && <Icon name={icon} className="size-4.5 -ml-0.5" />}
      {children}
    </a>
  ),
);

type IconButtonProps = Omit<Props, "children" | "look" | "icon"> & {
  icon: IconName;
  label: string;
  look?: "quiet" | "secondary";
};

/** Its name is read out, and shown on hover and focus. */
export function IconButton(
  { icon, label, look = "quiet", size = "md", className = "", ...props }: IconButtonProps,
) {
  return (
    <TooltipTrigger delay={500}>
      <AriaButton
        {...props}
        aria-label={label}
        className={`${base} ${looks[look]} ${size === "md" ? "size-9" : "size-8"} ${className}`}
      >
        <Icon name={icon} className={size === "md" ? "size-5" : "size-4.5"} />
      </AriaButton>
      <Tooltip
        offset={6}
        className="fade-in rounded-sm bg-ink px-2 py-1 text-xs font-medium text-canvas shadow-float"
      >
        {label}
      </Tooltip>
    </TooltipTrigger>
  );
}

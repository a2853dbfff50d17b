/** A menu behind a button: actions, and choices with a tick. */
import type { ReactNode } from "react";
import {
  Menu as AriaMenu,
  MenuItem,
  type MenuItemProps,
  type MenuProps,
  MenuSection as AriaSection,
  type MenuSectionProps,
  MenuTrigger,
} from "react-aria-components/Menu";
import { Header } from "react-aria-components/Header";
import { Popover } from "react-aria-components/Popover";
import { Icon, type IconName } from "./Icon.tsx";

export function Menu<T extends object>(
  { trigger, placement = "bottom end", children, ...props }: MenuProps<T> & {
    trigger: ReactNode;
    placement?: "bottom end" | "bottom start";
    children: ReactNode;
  },
) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover
        placement={placement}
        className="enter min-w-60 overflow-auto rounded-lg border border-line bg-raised p-1.5 shadow-float"
      >
        <AriaMenu {...props} className="outline-none">{children}</AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

export function MenuSection<T extends object>(
  { label, children, ...props }: MenuSectionProps<T> & { label: string; children: ReactNode },
) {
  return (
    <AriaSection
      {...props}
      className="border-t border-line py-1.5 first:border-0 first:pt-0 last:pb-0"
    >
      <Header className="px-2.5 pt-1 pb-1 text-xs font-medium text-ink-3">{label}</Header>
      {children}
    </AriaSection>
  );
}

export function MenuEntry(
  { icon, children, ...props }: Omit<MenuItemProps, "children"> & {
    icon?: IconName;
    children: string;
  },
) {
  return (
    <MenuItem
      {...props}
      textValue={children}
      className="flex h-8.5 items-center gap-2.5 rounded-sm px-2.5 text-base outline-none data-[focused]:bg-accent-soft data-[focused]:text-on-accent-soft"
    >
      {({ isSelected }) => (
        <>
          {icon && <Icon name={icon} className="size-4.5 text-ink-3" />}
          <span className="grow">{children}</span>
          {isSelected && <Icon name="check" className="size-4.5 text-accent" />}
        </>
      )}
    </MenuItem>
  );
}

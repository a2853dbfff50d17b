/** Who is signed in; how the app looks and speaks; the way out. */
import { useNavigate } from "@tanstack/react-router";
import { Button as AriaButton } from "react-aria-components/Button";
import type { Me } from "../../api/client.ts";
import { useSession } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Menu, MenuEntry, MenuSection } from "../../ui/Menu.tsx";
import { type Preferences, setPreference, usePreferences } from "../preferences/preferences.ts";

const initialsOf = (name: string) =>
  name.split(/\s+/).filter((part) => /^\p{L}/u.test(part)).map((part) => part[0]!.toUpperCase())
    .filter((_, at, all) => at === 0 || at === all.length - 1).join("");

export function UserMenu({ me }: { me: Me }) {
  const text = useText();
  const session = useSession();
  const navigate = useNavigate();
  const preferences = usePreferences();
  const choice = <K extends keyof Preferences>(name: K) => ({
    selectionMode: "single" as const,
    disallowEmptySelection: true,
    selectedKeys: [preferences[name]],
    onSelectionChange: (keys: "all" | Set<string | number>) => {
      for (const key of keys) setPreference(name, key as Preferences[K]);
    },
  });
  return (
    <Menu
      aria-label={text.account.menu(me.fullName)}
      onAction={(key) => {
        if (key === "sign-out") session.signOut();
        if (key === "account") navigate({ to: "/account" });
        if (key === "design") navigate({ to: "/design" });
      }}
      trigger={
        <AriaButton className="flex h-9 items-center gap-2 rounded-full pr-1 text-base hover:bg-sunken sm:pr-3">
          <span
            aria-hidden="true"
            className="grid size-8 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-on-accent-soft"
          >
            {initialsOf(me.fullName)}
          </span>
          <span aria-hidden="true" className="hidden max-w-44 truncate sm:inline">
            {me.fullName}
          </span>
          <span className="sr-only">{text.account.menu(me.fullName)}</span>
        </AriaButton>
      }
    >
      <MenuSection label={text.account.theme} {...choice("theme")}>
        <MenuEntry id="system">{text.account.themes.system}</MenuEntry>
        <MenuEntry id="light">{text.account.themes.light}</MenuEntry>
        <MenuEntry id="dark">{text.account.themes.dark}</MenuEntry>
      </MenuSection>
      <MenuSection label={text.account.density} {...choice("density")}>
        <MenuEntry id="comfortable">{text.account.densities.comfortable}</MenuEntry>
        <MenuEntry id="compact">{text.account.densities.compact}</MenuEntry>
      </MenuSection>
      <MenuSection label={text.account.language} {...choice("language")}>
        <MenuEntry id="en">English</MenuEntry>
        <MenuEntry id="fr">Français</MenuEntry>
        <MenuEntry id="de">Deutsch</MenuEntry>
      </MenuSection>
      <MenuSection label={me.email}>
        <MenuEntry id="account">{text.settings.title}</MenuEntry>
        <MenuEntry id="design">{text.account.design}</MenuEntry>
        <MenuEntry id="sign-out">{text.account.signOut}</MenuEntry>
      </MenuSection>
    </Menu>
  );
}

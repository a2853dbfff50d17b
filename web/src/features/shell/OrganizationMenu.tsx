/** Which organization is in view, and going on in another one. */
import { useMutation } from "@tanstack/react-query";
import { Button as AriaButton } from "react-aria-components/Button";
import type { Me } from "../../api/client.ts";
import { useClient, useSession } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Menu, MenuEntry, MenuSection } from "../../ui/Menu.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { organizationOf } from "../sessions/me.ts";

export function OrganizationMenu({ me }: { me: Me }) {
  const text = useText();
  const client = useClient();
  const session = useSession();
  const organization = organizationOf(me);
  const change = useMutation({
    mutationFn: (organizationId: string) =>
      client.post("/auth/switch-organization", { body: { organizationId } }),
    onSuccess: (tokens) => {
      session.switchTo(tokens);
      // Begun anew: nothing of one clinic may wait in memory while another is in view.
      location.assign("/documents");
    },
  });
  const name = (
    <>
      <span className="sr-only">{text.account.organization}:</span>
      <span className="block truncate text-base font-semibold">{organization?.name}</span>
      <span className="block truncate text-xs text-ink-3">
        {organization && (text.account.roles[organization.role] ?? organization.role)}
      </span>
    </>
  );
  if (me.organizations.length < 2) return <div className="min-w-0 leading-tight">{name}</div>;
  return (
    <>
      <Menu
        aria-label={text.settings.switchTo}
        placement="bottom start"
        onAction={(id) => id !== organization?.id && change.mutate(String(id))}
        trigger={
          <AriaButton className="-mx-2 flex min-w-0 items-center gap-2 rounded-md px-2 py-1 text-left leading-tight hover:bg-sunken">
            <span className="min-w-0">{name}</span>
            <Icon name="chevron" className="size-4.5 text-ink-3" />
          </AriaButton>
        }
      >
        <MenuSection
          label={text.settings.switchTo}
          selectionMode="single"
          selectedKeys={organization ? [organization.id] : []}
        >
          {me.organizations.map(({ id, name }) => <MenuEntry key={id} id={id}>{name}</MenuEntry>)}
        </MenuSection>
      </Menu>
      <Dialog
        title={text.settings.switchTo}
        isOpen={change.isError}
        onClose={() => change.reset()}
      >
        <div className="mt-3">
          <ProblemNotice error={change.error} />
        </div>
      </Dialog>
    </>
  );
}

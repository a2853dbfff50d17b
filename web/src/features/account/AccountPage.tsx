/** One's own account: address, password, second factors, devices, and what happened to it. */
import { useText } from "../../i18n/i18n.tsx";
import { FactorsSection } from "../factors/FactorsSection.tsx";
import { DevicesSection } from "../sessions/DevicesSection.tsx";
import { usePageTitle } from "../shell/title.ts";
import { EmailSection } from "./EmailSection.tsx";
import { EventsSection } from "./EventsSection.tsx";
import { PasswordSection } from "./PasswordSection.tsx";

export function AccountPage() {
  const text = useText();
  usePageTitle(text.settings.title);
  return (
    <div className="mx-auto max-w-[64rem] px-4 pt-5 sm:px-6 sm:pt-7 lg:px-8">
      <h1 className="mb-1 text-2xl font-semibold">{text.settings.title}</h1>
      <FactorsSection />
      <DevicesSection />
      <PasswordSection />
      <EmailSection />
      <EventsSection />
    </div>
  );
}

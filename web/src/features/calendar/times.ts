/** Times of day as a practitioner's clock shows them, wherever the browser is. */
import { useMemo } from "react";
import { useFormat } from "../../i18n/i18n.tsx";

export function useZoneTime(zone: string): (at: string) => string {
  const { locale } = useFormat();
  return useMemo(() => {
    const format = new Intl.DateTimeFormat(locale, {
      timeZone: zone,
      hour: "2-digit",
      minute: "2-digit",
    });
    return (at: string) => format.format(new Date(at));
  }, [locale, zone]);
}

export function useZoneMoment(zone: string): (at: string) => string {
  const { locale } = useFormat();
  return useMemo(() => {
    const format = new Intl.DateTimeFormat(locale, {
      timeZone: zone,
      weekday: "long",
      day: "numeric",
      month: "long",
      hour: "2-digit",
      minute: "2-digit",
    });
    return (at: string) => format.format(new Date(at));
  }, [locale, zone]);
}

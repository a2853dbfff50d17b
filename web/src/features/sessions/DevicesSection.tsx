/** Where one is signed in, and ending what one does not recognise. */
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import type { Device } from "../../api/client.ts";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { Section } from "../../ui/Section.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { readUserAgent } from "./user_agent.ts";

const DEVICES_MAX = 100;

export function DevicesSection() {
  const text = useText();
  const client = useClient();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const devices = useInfiniteQuery({
    queryKey: ["devices"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      client.get("/api/identity/users/me/sessions", {
        query: { limit: DEVICES_MAX, ...(pageParam === undefined ? {} : { cursor: pageParam }) },
        signal,
      }),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
  const endOthers = useMutation({
    mutationFn: () => client.remove("/api/identity/users/me/sessions", {}),
    onSuccess: ({ ended }) => {
      announce(text.devices.ended(ended));
      return queries.invalidateQueries({ queryKey: ["devices"] });
    },
  });
  // The one in hand first, then those used last.
  const items =
    devices.data?.pages.flatMap((page) => page.items).toSorted((a, b) =>
      Number(b.current) - Number(a.current) || b.lastUsedAt.localeCompare(a.lastUsedAt)
    ) ?? [];
  return (
    <Section
      title={text.devices.title}
      lead={text.devices.lead}
      action={items.length > 1 && (
        <Button
          isPending={endOthers.isPending}
          onPress={() => endOthers.mutate()}
        >
          {text.devices.endOthers}
        </Button>
      )}
    >
      {endOthers.isError && <ProblemNotice error={endOthers.error} />}
      {devices.isError
        ? <ProblemNotice error={devices.error} onRetry={() => devices.refetch()} />
        : devices.isPending
        ? <Skeleton label={text.common.loading} lines={2} />
        : (
          <>
            <ul className="divide-y divide-line">
              {items.map((device) => <DeviceRow key={device.id} device={device} />)}
            </ul>
            {items.length === 1 && <p className="mt-1 text-sm text-ink-3">{text.devices.single}</p>}
            {devices.hasNextPage && (
              <Button
                size="sm"
                className="mt-3"
                onPress={() => devices.fetchNextPage()}
              >
                {text.common.more}
              </Button>
            )}
          </>
        )}
    </Section>
  );
}

function useDeviceName(): (device: Device) => string {
  const text = useText();
  return ({ client, userAgent }) => {
    const { browser, system } = readUserAgent(userAgent);
    if (browser && system) return text.devices.on(browser, system);
    return browser ?? system ?? (client === "api" ? text.devices.program : text.devices.unknown);
  };
}

function DeviceRow({ device }: { device: Device }) {
  const text = useText();
  const format = useFormat();
  const client = useClient();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const name = useDeviceName()(device);
  const end = useMutation({
    mutationFn: () =>
      client.remove("/api/identity/users/me/sessions/{id}", { path: { id: device.id } }),
    onSuccess: () => {
      announce(text.devices.ended(1));
      return queries.invalidateQueries({ queryKey: ["devices"] });
    },
  });
  return (
    <li className="py-3 first:pt-0">
      <div className="flex items-center gap-3">
        <Icon name="device" className="size-5.5 text-ink-3" />
        <div className="min-w-0 grow">
          <p className="flex flex-wrap items-center gap-x-2 font-medium" title={device.userAgent}>
            {name}
            {device.current && <Badge tone="good">{text.devices.current}</Badge>}
          </p>
          <p className="text-sm text-ink-3">
            {text.devices.used(format.relative(device.lastUsedAt))}
            {" · "}
            {text.devices.since(format.moment(device.authenticatedAt))}
          </p>
        </div>
        {!device.current && (
          <Button
            size="sm"
            aria-label={text.devices.endNamed(name)}
            isPending={end.isPending}
            onPress={() => end.mutate()}
          >
            {text.devices.end}
          </Button>
        )}
      </div>
      {end.isError && <ProblemNotice error={end.error} />}
    </li>
  );
}

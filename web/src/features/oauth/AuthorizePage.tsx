/** A program asks for access in a person's name; the person decides. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useClient } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Button } from "../../ui/Button.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { FrontDoor } from "../sessions/FrontDoor.tsx";
import { meQuery, organizationOf } from "../sessions/me.ts";
import { SignedInHere } from "../sessions/SignedInHere.tsx";
import { authorizationQuery } from "./request.ts";

export function AuthorizePage() {
  return (
    <SignedInHere>
      <Consent />
    </SignedInHere>
  );
}

function Consent() {
  const text = useText();
  const client = useClient();
  const query = authorizationQuery();
  const me = useQuery(meQuery(client));
  const asked = useQuery({
    queryKey: ["authorization", query],
    retry: false,
    staleTime: Infinity,
    queryFn: () => client.post("/oauth/authorize/details", { body: { query } }),
  });
  const decide = useMutation({
    mutationFn: (decision: "allow" | "deny") =>
      client.post("/oauth/authorize", { body: { query, decision } }),
    onSuccess: ({ redirectTo }) => location.assign(redirectTo),
  });
  const error = asked.error ?? me.error;
  if (error) {
    return (
      <FrontDoor title={text.consent.anyTitle}>
        <ProblemNotice error={error} />
      </FrontDoor>
    );
  }
  if (!asked.data || !me.data) return <Skeleton label={text.common.loading} />;
  const { client: program, redirectUri, scope } = asked.data;
  return (
    <FrontDoor
      title={text.consent.title(program.name)}
      lead={text.consent.lead(organizationOf(me.data)?.name ?? "")}
    >
      <ul className="mb-5 divide-y divide-line border-y border-line">
        {(scope.length === 0 ? [text.consent.nothing] : scope).map((name) => (
          <li key={name} className="flex items-center gap-2.5 py-2">
            <Icon name="check" className="size-4.5 text-accent" />
            <span className="min-w-0 wrap-anywhere">{text.consent.scopes[name] ?? name}</span>
          </li>
        ))}
      </ul>
      <p className="mb-1 text-sm text-ink-2 wrap-anywhere">{text.consent.goesTo(redirectUri)}</p>
      <p className="mb-5 text-sm text-ink-3">{text.consent.trust}</p>
      {decide.isError && (
        <div className="mb-4">
          <ProblemNotice error={decide.error} />
        </div>
      )}
      <div className="flex gap-2">
        <Button
          look="primary"
          className="h-10 grow"
          isPending={decide.isPending}
          onPress={() => decide.mutate("allow")}
        >
          {text.consent.allow}
        </Button>
        <Button
          className="h-10 grow"
          isPending={decide.isPending}
          onPress={() => decide.mutate("deny")}
        >
          {text.consent.deny}
        </Button>
      </div>
    </FrontDoor>
  );
}

/** What would have been mailed, where letters are kept for development. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { Client } from "../../api/client.ts";
import { useClient } from "../../api/context.ts";
import { Problem } from "../../api/problem.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { Button } from "../../ui/Button.tsx";
import { Mark } from "../../ui/Mark.tsx";
import { Empty } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { SearchBox } from "../../ui/SearchBox.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { usePageTitle } from "../shell/title.ts";

const route = getRouteApi("/mailbox");

const mailboxQuery = (client: Client, to: string) =>
  queryOptions({
    queryKey: ["mailbox", to],
    queryFn: () => client.openGet("/api/communication/mailbox", { query: to ? { to } : {} }),
  });

export function MailboxPage() {
  const text = useText();
  const format = useFormat();
  const { to = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const mails = useQuery(mailboxQuery(useClient(), to));
  usePageTitle(text.mailbox.title);
  const isNone = mails.error instanceof Problem && mails.error.status === 404;
  return (
    <main className="mx-auto max-w-3xl px-4 py-8">
      <header className="mb-6">
        <Mark className="mb-4 size-8" />
        <h1 className="text-2xl font-semibold">{text.mailbox.title}</h1>
        <p className="mt-1 text-ink-2">{text.mailbox.lead}</p>
      </header>
      {isNone ? <Empty icon="mail" title={text.mailbox.none}>{text.mailbox.noneText}</Empty> : (
        <>
          <div className="mb-5 flex gap-2">
            <div className="grow">
              <SearchBox
                label={text.mailbox.filter}
                placeholder={text.mailbox.filter}
                clearLabel={text.documents.clear}
                value={to}
                onSearch={(value) =>
                  navigate({ replace: true, search: value === "" ? {} : { to: value } })}
              />
            </div>
            <Button icon="retry" onPress={() => mails.refetch()}>{text.mailbox.refresh}</Button>
          </div>
          {mails.isError
            ? <ProblemNotice error={mails.error} onRetry={() => mails.refetch()} />
            : !mails.data
            ? <Skeleton label={text.common.loading} />
            : mails.data.items.length === 0
            ? <Empty icon="mail" title={text.mailbox.empty} />
            : (
              <ul className="flex flex-col gap-3">
                {mails.data.items.map((mail) => (
                  <li key={mail.id} className="rounded-lg border border-line bg-surface p-4">
                    <h2 className="text-lg font-semibold wrap-anywhere">{mail.subject}</h2>
                    <p className="mb-3 text-sm text-ink-3 wrap-anywhere">
                      {text.mailbox.to(mail.to)} · {format.moment(mail.at)}
                    </p>
                    <Letter body={mail.body} />
                  </li>
                ))}
              </ul>
            )}
        </>
      )}
    </main>
  );
}

/** Text, in which only addresses of this app become links. */
function Letter({ body }: { body: string }) {
  return (
    <div className="whitespace-pre-wrap text-ink-2 wrap-anywhere">
      {body.split(/(https?:\/\/\S+)/).map((part, at) => {
        const url = at % 2 === 1 ? URL.parse(part) : null;
        return url && url.origin === location.origin
          ? (
            <a key={at} href={url.href} className="rounded-sm text-accent underline">
              {part}
            </a>
          )
          : part;
      })}
    </div>
  );
}

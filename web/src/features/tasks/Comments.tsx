/** What was said about a task, and a place to say more. */
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Button } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMe, useNames } from "../sessions/me.ts";
import { useWorkflowText } from "../workflows/texts.ts";
import { useDraft } from "./drafts.ts";
import { commentsQuery } from "./tasks.ts";

export function Comments({ taskId, canSay }: { taskId: string; canSay: boolean }) {
  const common = useText().common;
  const text = useWorkflowText().task;
  const format = useFormat();
  const client = useClient();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const me = useMe();
  const nameOf = useNames();
  const comments = useInfiniteQuery(commentsQuery(client, taskId));
  const items = comments.data?.pages.flatMap((page) => page.items) ?? [];
  const [said, setSaid, forget] = useDraft(`comment ${taskId}`, "");
  const [isEmpty, setEmpty] = useState(false);
  const say = useMutation({
    mutationFn: (text: string) =>
      client.post("/api/workflow/tasks/{id}/comments", { path: { id: taskId }, body: { text } }),
    onSuccess: () => {
      forget();
      announce(text.said);
      queries.invalidateQueries({ queryKey: ["tasks", "comments", taskId] });
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    setEmpty(said.trim() === "");
    if (said.trim() !== "" && !say.isPending) say.mutate(said.trim());
  }
  return (
    <section aria-label={text.comments}>
      <h2 className="mb-1 text-lg font-semibold">{text.comments}</h2>
      {comments.isError && (
        <ProblemNotice
          error={comments.error}
          onRetry={() => comments.refetch()}
        />
      )}
      {comments.isSuccess && items.length === 0 && (
        <p className="border-t border-line py-row text-ink-3">{text.noComments}</p>
      )}
      <ul>
        {items.map(({ id, authorId, at, text }) => (
          <li key={id} className="border-t border-line py-row">
            <p className="text-xs text-ink-3">
              {authorId === me.id ? common.you : nameOf(authorId) ?? "…"}, {format.moment(at)}
            </p>
            <p className="whitespace-pre-wrap wrap-anywhere">{text}</p>
          </li>
        ))}
      </ul>
      {comments.hasNextPage && (
        <Button size="sm" onPress={() => comments.fetchNextPage()}>{common.more}</Button>
      )}
      {canSay && (
        <form onSubmit={submit} className="mt-3 flex flex-col gap-2">
          <Field
            label={text.comment}
            error={isEmpty && said.trim() === "" ? text.commentMissing : undefined}
            value={said}
            onChange={setSaid}
            maxLength={2_000}
            isLong
          />
          {say.error && <ProblemNotice error={say.error} />}
          <div className="flex justify-end">
            <Button size="sm" type="submit" isPending={say.isPending}>{text.say}</Button>
          </div>
        </form>
      )}
    </section>
  );
}

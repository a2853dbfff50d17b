/** Two ways of not working a task now: to hand it to somebody, and to put it off. */
import { type FormEvent, useState } from "react";
import type { Task } from "../../api/client.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { Button } from "../../ui/Button.tsx";
import { Choice } from "../../ui/Choice.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field } from "../../ui/Field.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMe, useMembers } from "../sessions/me.ts";
import { useWorkflowText } from "../workflows/texts.ts";
import { latestOf, localOf } from "./times.ts";

type Props<T> = {
  task: Task;
  isPending: boolean;
  error: unknown;
  onConfirm: (value: T) => void;
  onClose: () => void;
};

/** Of the system's roles, those that work no tasks; the service has the last word. */
const TASKLESS: ReadonlySet<string> = new Set(["receptionist", "auditor", "patient"]);

export function DelegateDialog({ task, isPending, error, onConfirm, onClose }: Props<string>) {
  const common = useText().common;
  const text = useWorkflowText().task;
  const roles = useText().account.roles;
  const me = useMe();
  const members = useMembers().filter(({ userId, role }) =>
    userId !== task.claimedBy && userId !== me.id && !TASKLESS.has(role)
  );
  const [to, setTo] = useState("");
  const [isTried, setTried] = useState(false);
  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (to !== "" && !isPending) onConfirm(to);
  }
  return (
    <Dialog isOpen title={text.delegateTitle} onClose={onClose}>
      <form onSubmit={submit} className="mt-3 flex flex-col gap-4">
        <Choice
          label={text.delegateTo}
          value={to}
          onChange={setTo}
          choices={[
            { value: "", label: text.delegateChoose },
            ...members.map(({ userId, fullName, role }) => ({
              value: userId,
              label: `${fullName} (${roles[role] ?? role})`,
            })),
          ]}
        />
        {isTried && to === "" && (
          <p role="alert" className="text-sm text-danger">{text.delegateMissing}</p>
        )}
        {error !== null && error !== undefined && <ProblemNotice error={error} />}
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button type="submit" look="primary" isPending={isPending}>{text.delegate}</Button>
        </div>
      </form>
    </Dialog>
  );
}

export function SnoozeDialog({ task, isPending, error, onConfirm, onClose }: Props<string>) {
  const common = useText().common;
  const text = useWorkflowText().task;
  const format = useFormat();
  const [until, setUntil] = useState(() => localOf(latestOf(task.dueAt, Date.now())));
  const at = new Date(until).getTime();
  const dueAt = Date.parse(task.dueAt);
  const isDue = dueAt <= Date.now();
  const isWrong = !(at > Date.now() && at <= dueAt);
  const [isTried, setTried] = useState(false);
  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (!isWrong && !isPending) onConfirm(new Date(until).toISOString());
  }
  return (
    <Dialog isOpen title={text.snoozeTitle} onClose={onClose}>
      {isDue
        ? (
          <>
            <p className="mt-2 text-ink-2">{text.snoozeTooLate}</p>
            <div className="mt-4 flex justify-end">
              <Button onPress={onClose}>{common.close}</Button>
            </div>
          </>
        )
        : (
          <form onSubmit={submit} className="mt-3 flex flex-col gap-4">
            <Field
              label={text.snoozeUntil}
              hint={text.snoozeHint(format.moment(task.dueAt))}
              error={isTried && isWrong ? text.snoozeWrong : undefined}
              type="datetime-local"
              value={until}
              onChange={setUntil}
            />
            {error !== null && error !== undefined && <ProblemNotice error={error} />}
            <div className="flex justify-end gap-2">
              <Button onPress={onClose}>{common.cancel}</Button>
              <Button type="submit" look="primary" isPending={isPending}>{text.snooze}</Button>
            </div>
          </form>
        )}
    </Dialog>
  );
}

/** The files that are to be filed: title each, name a category, send, see what became of them. */
import { type FormEvent, useId } from "react";
import { Link } from "@tanstack/react-router";
import { isSilent } from "../../../api/problem.ts";
import { useFormat, useText } from "../../../i18n/i18n.tsx";
import { Button, IconButton } from "../../../ui/Button.tsx";
import { Field } from "../../../ui/Field.tsx";
import { FilePicker } from "../../../ui/FilePicker.tsx";
import { Icon } from "../../../ui/Icon.tsx";
import { Progress } from "../../../ui/Progress.tsx";
import { wordsFor } from "../../problems/ProblemNotice.tsx";
import { useMay } from "../../sessions/me.ts";
import { PatientChoice } from "./PatientChoice.tsx";
import { isBusy, isToSend, TITLE_CHARS_MAX, type Upload } from "./model.ts";
import { useUploads } from "./uploads.tsx";

export function UploadPanel({ categories }: { categories: string[] }) {
  const text = useText();
  const titleId = useId();
  const listId = useId();
  const { uploads, about, setAbout, add, send, clear } = useUploads();
  const canReadPatients = useMay("patients:read");
  if (uploads.length === 0) return null;
  const toSend = uploads.filter(isToSend).length;
  const isAnyBusy = uploads.some(isBusy);
  const filed = uploads.filter(({ state }) => state.kind === "filed").length;
  const isDone = filed === uploads.length;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (toSend > 0) send();
  }

  return (
    <section
      aria-labelledby={titleId}
      className="enter mb-5 overflow-hidden rounded-lg border border-line bg-raised shadow-float"
    >
      <form onSubmit={submit}>
        <div className="flex items-center gap-2 border-b border-line py-2 pr-2 pl-4">
          <h2 id={titleId} className="grow text-lg font-semibold">
            {isDone ? text.upload.done(filed) : text.upload.title(uploads.length - filed)}
          </h2>
          {!isDone && (
            <FilePicker size="sm" look="quiet" icon="plus" onFiles={add}>
              {text.upload.add}
            </FilePicker>
          )}
          {!isAnyBusy && (
            <IconButton icon="close" label={text.common.close} size="sm" onPress={clear} />
          )}
        </div>
        <ul className="max-h-[26rem] divide-y divide-line overflow-y-auto">
          {uploads.map((upload) => <UploadRow key={upload.id} upload={upload} />)}
        </ul>
        {!isDone && (
          <div className="flex flex-wrap items-end gap-3 border-t border-line bg-surface px-4 py-3">
            {canReadPatients && <PatientChoice />}
            <div className="min-w-0 grow basis-48">
              <Field
                label={`${text.upload.category} (${text.common.optional})`}
                placeholder={text.upload.categoryHint}
                value={about.category}
                onChange={(category) => setAbout({ category })}
                maxLength={100}
                list={listId}
              />
              <datalist id={listId}>
                {categories.map((name) => <option key={name} value={name} />)}
              </datalist>
            </div>
            <div className="min-w-0 grow basis-48">
              <Field
                label={`${text.upload.tags} (${text.common.optional})`}
                placeholder={text.upload.tagsHint}
                value={about.tags}
                onChange={(tags) => setAbout({ tags })}
                maxLength={500}
              />
            </div>
            <Button
              type="submit"
              look="primary"
              icon="upload"
              isDisabled={toSend === 0}
              isPending={isAnyBusy}
              className="max-sm:w-full"
            >
              {isAnyBusy ? text.upload.sending : text.upload.submit(Math.max(toSend, 1))}
            </Button>
          </div>
        )}
      </form>
    </section>
  );
}

function UploadRow({ upload }: { upload: Upload }) {
  const text = useText();
  const format = useFormat();
  const { retitle, remove, stop } = useUploads();
  const { id, file, title, state } = upload;
  const isOpen = state.kind === "ready" || state.kind === "failed";
  const trouble = state.kind === "refused"
    ? text.upload[state.why]
    : state.kind === "failed" && !isSilent(state.error)
    ? Object.values(pick(wordsFor(state.error, text))).filter(Boolean).join(". ").replace("..", ".")
    : undefined;
  return (
    <li className="px-4 py-2.5">
      <div className="flex items-center gap-3">
        <div className="min-w-0 grow">
          {isOpen
            ? (
              <Field
                label={text.upload.nameOf(file.name)}
                isLabelHidden
                value={title}
                onChange={(value) => retitle(id, value)}
                error={title.trim().length > TITLE_CHARS_MAX
                  ? text.upload.tooLong(TITLE_CHARS_MAX)
                  : undefined}
              />
            )
            : <p className="truncate font-medium">{title}</p>}
          <p className="mt-1 truncate text-xs text-ink-3">
            {file.name} · <span className="tabular">{format.size(file.size)}</span>
          </p>
        </div>
        <div className="flex shrink-0 items-center gap-2 self-start text-sm">
          {state.kind === "waiting" && <span className="text-ink-3">{text.upload.waiting}</span>}
          {state.kind === "sending" && (
            <>
              <span className="tabular text-ink-2">
                {state.progress >= 1 ? text.upload.storing : format.percent(state.progress)}
              </span>
              <IconButton
                icon="close"
                size="sm"
                label={text.upload.stop(file.name)}
                onPress={() => stop(id)}
              />
            </>
          )}
          {state.kind === "filed" && (
            <>
              <span className="inline-flex items-center gap-1 font-medium text-good">
                <Icon name="check" className="size-4.5" /> {text.upload.filed}
              </span>
              <Link
                to="/documents/$documentId"
                params={{ documentId: state.document.id }}
                className="rounded-sm font-medium text-accent underline-offset-2 hover:underline"
              >
                {text.upload.open}
                <span className="sr-only">: {title}</span>
              </Link>
            </>
          )}
          {(isOpen || state.kind === "refused") && (
            <IconButton
              icon="close"
              size="sm"
              label={text.upload.remove(file.name)}
              onPress={() => remove(id)}
            />
          )}
        </div>
      </div>
      {(state.kind === "sending" || state.kind === "waiting") && (
        <div className="mt-2">
          <Progress
            label={text.upload.progress(file.name)}
            value={state.kind === "waiting" ? 0 : state.progress >= 1 ? undefined : state.progress}
          />
        </div>
      )}
      {trouble && (
        <p
          role="alert"
          className="mt-1.5 flex items-start gap-1.5 text-sm text-danger wrap-anywhere"
        >
          <Icon name="warning" className="mt-px size-4" />
          <span>{trouble}</span>
        </p>
      )}
    </li>
  );
}

const pick = ({ title, text }: { title: string; text: string }) => ({ title, text });

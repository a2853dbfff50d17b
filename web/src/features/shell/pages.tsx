/** What stands in a page's place: nothing there, no answer, or a fault of our own. */
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { isSilent } from "../../api/problem.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { Empty } from "../../ui/Notice.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";

export function NotFoundPage() {
  const text = useText();
  return (
    <div className="grid min-h-[70dvh] place-items-center">
      <Empty
        icon="search"
        title={text.common.notFoundTitle}
        action={<ButtonLink to="/documents">{text.document.back}</ButtonLink>}
      >
        {text.common.notFoundText}
      </Empty>
    </div>
  );
}

/** The page as a whole could not be loaded. */
export function FailedPage({ error }: ErrorComponentProps) {
  const router = useRouter();
  if (isSilent(error)) return null;
  return (
    <main className="mx-auto max-w-xl px-4 pt-24">
      <h1 className="sr-only">Praxis</h1>
      <ProblemNotice error={error} onRetry={() => router.invalidate()} />
    </main>
  );
}

export function CrashPage({ error }: ErrorComponentProps) {
  const text = useText();
  if (isSilent(error)) return null;
  return (
    <div role="alert" className="grid min-h-[70dvh] place-items-center">
      <Empty
        icon="warning"
        title={text.common.crashTitle}
        action={
          <Button icon="retry" onPress={() => location.reload()}>{text.common.reload}</Button>
        }
      >
        {text.common.crashText}
      </Empty>
    </div>
  );
}

/** At start, when nobody could say whether there is a session. */
import { useText } from "../../i18n/i18n.tsx";
import { useSession } from "../../api/context.ts";
import { Button } from "../../ui/Button.tsx";
import { Empty } from "../../ui/Notice.tsx";

export function UnreachablePage() {
  const text = useText();
  const session = useSession();
  return (
    <main className="grid min-h-dvh place-items-center">
      <h1 className="sr-only">Praxis</h1>
      <Empty
        icon="plug"
        title={text.problem.unreachable}
        action={<Button icon="retry" onPress={() => session.resume()}>{text.common.retry}</Button>}
      >
        {text.problem.unreachableText}
      </Empty>
    </main>
  );
}

/** Any failed request in words: what it means, and what to do. */
import { isSilent, Problem, Unreachable } from "../../api/problem.ts";
import type { Texts } from "../../i18n/en.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Button } from "../../ui/Button.tsx";
import type { IconName } from "../../ui/Icon.tsx";
import { Notice, type Tone } from "../../ui/Notice.tsx";
import { PasskeyFailed } from "../factors/passkeys.ts";

type Words = { tone: Tone; title: string; text: string; icon?: IconName; reference?: string };

export function wordsFor(error: unknown, text: Texts): Words {
  const { problem } = text;
  if (error instanceof Unreachable) {
    return {
      tone: "caution",
      icon: "plug",
      title: problem.unreachable,
      text: problem.unreachableText,
    };
  }
  if (error instanceof PasskeyFailed) {
    const isKnown = error.why === "known";
    return {
      tone: "caution",
      icon: "key",
      title: isKnown ? text.factors.passkeyHere : text.factors.passkeyFailed,
      text: isKnown ? "" : text.factors.passkeyFailedText,
    };
  }
  if (!(error instanceof Problem)) {
    return { tone: "danger", title: problem.internal, text: "" };
  }
  const own = problem.kinds[error.kind];
  if (own) {
    return { tone: error.status === 401 ? "danger" : "caution", title: own[0], text: own[1] };
  }
  switch (error.status) {
    case 403:
      return {
        tone: "neutral",
        icon: "lock",
        title: problem.forbidden,
        text: problem.forbiddenText,
      };
    case 404:
    case 410:
      return { tone: "neutral", title: problem.missing, text: problem.missingText };
    case 409:
    case 412:
      return { tone: "caution", title: problem.changed, text: problem.changedText };
    case 413:
      return { tone: "caution", title: problem.tooLarge, text: problem.tooLargeText };
    case 429: {
      const seconds = error.retryAfterSeconds ?? 30;
      return { tone: "caution", title: problem.tooMany, text: problem.tooManyText(seconds) };
    }
    case 502:
    case 503:
    case 504:
      return {
        tone: "caution",
        icon: "plug",
        title: problem.unavailable,
        text: problem.unavailableText,
      };
    case 400:
    case 415:
    case 422: {
      const { errors = [], detail } = error.details;
      const said = errors.map((each) => each.detail).join(" ") || detail || error.details.title ||
        "";
      return { tone: "caution", title: problem.invalid, text: said };
    }
    default:
      return {
        tone: "danger",
        title: problem.internal,
        text: problem.internalText,
        ...(error.details.instance ? { reference: error.details.instance } : {}),
      };
  }
}

export function ProblemNotice(
  { error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined },
) {
  const text = useText();
  if (isSilent(error)) return null;
  const words = wordsFor(error, text);
  return (
    <Notice
      isUrgent
      tone={words.tone}
      title={words.title}
      {...(words.icon ? { icon: words.icon } : {})}
      action={onRetry && (
        <Button size="sm" icon="retry" onPress={onRetry}>{text.common.retry}</Button>
      )}
    >
      {words.text}
      {words.reference && <code className="mt-1 block font-mono text-xs">{words.reference}</code>}
    </Notice>
  );
}

/** Cards from what rules have raised. */
import type { Raised } from "../alerts/alerts.ts";
import type { Card } from "./model.ts";

/** Where a value is undefined, the standard wants the field left out. */
const optional = <K extends string, V>(key: K, value: V | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { [name in K]?: V };

export function toCard(
  { alert, detail, card }: Raised,
  evidence: { title: string; url?: string | undefined },
): Card {
  const suggestions = card.suggestions?.map(({ label, isRecommended, actions }, at) => ({
    label,
    uuid: alert.suggestions[at]!.id,
    ...optional("isRecommended", isRecommended),
    ...optional("actions", actions),
  }));
  return {
    uuid: alert.id,
    summary: alert.summary,
    ...optional("detail", detail),
    indicator: alert.indicator,
    source: { label: evidence.title, ...optional("url", evidence.url) },
    ...optional("suggestions", suggestions),
    ...(suggestions ? { selectionBehavior: card.selectionBehavior } : {}),
    ...optional("overrideReasons", card.overrideReasons),
    ...optional("links", card.links?.map((link) => ({ ...link, type: "absolute" as const }))),
  };
}

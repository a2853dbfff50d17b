/** The list narrowed by kind and category, with how many there are of each. */
import type { DocumentKind } from "../../api/client.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { FilterList } from "../../ui/FilterList.tsx";
import { KINDS } from "./documents.ts";

type Props = {
  facets: { kind: Record<string, number>; category: Record<string, number> } | undefined;
  kind: DocumentKind | undefined;
  category: string | undefined;
  onChange: (part: { kind?: DocumentKind | undefined; category?: string | undefined }) => void;
};

export function Facets({ facets, kind, category, onChange }: Props) {
  const text = useText();
  const format = useFormat();
  const kinds = KINDS.filter((value) => value === kind || (facets?.kind[value] ?? 0) > 0);
  const categories = Object.keys(facets?.category ?? {}).sort((a, b) =>
    a.localeCompare(b, format.locale)
  );
  if (category !== undefined && !categories.includes(category)) categories.unshift(category);
  return (
    <section aria-label={text.documents.filters} className="mb-3 max-lg:-mx-4 max-lg:px-4 lg:pt-1">
      <div className="flex gap-2 overflow-x-auto pb-1 max-lg:-mx-4 max-lg:px-4 lg:sticky lg:top-20 lg:flex-col lg:gap-5 lg:overflow-visible">
        <FilterList
          label={text.documents.kind}
          choices={kinds.map((value) => ({
            value,
            label: text.documents.kinds[value] ?? value,
            count: facets?.kind[value] ?? 0,
          }))}
          value={kind}
          onChange={(value) =>
            onChange({ kind: value })}
        />
        {categories.length > 0 && (
          <FilterList
            label={text.documents.category}
            choices={categories.map((value) => ({
              value,
              label: value,
              count: facets?.category[value] ?? 0,
            }))}
            value={category}
            onChange={(value) => onChange({ category: value })}
          />
        )}
      </div>
    </section>
  );
}

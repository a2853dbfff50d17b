/** A C-CDA document: who, when, by whom; its sections in the words of their authors. */
import { useMemo } from "react";
import { useFormat, useText } from "../../../i18n/i18n.tsx";
import { Facts } from "../../../ui/Facts.tsx";
import { decode, momentOf } from "../hl7/parse.ts";
import PdfViewer from "../pdf/PdfViewer.tsx";
import TextViewer from "../TextViewer.tsx";
import { childrenOf, Narrative } from "./narrative.tsx";

const first = (element: Element | undefined, ...path: string[]): Element | undefined =>
  path.reduce<Element | undefined>((at, name) => at && childrenOf(at, name)[0], element);

const words = (element: Element | undefined): string =>
  (element?.textContent ?? "").replace(/\s+/g, " ").trim();

/** CDA names: given names in order, then family, or a plain text. */
function nameOf(name: Element | undefined): string {
  if (!name) return "";
  if (name.children.length === 0) return words(name);
  const part = (tag: string) => childrenOf(name, tag).map(words).filter(Boolean).join(" ");
  return [part("prefix"), part("given"), part("family"), part("suffix")].filter(Boolean).join(" ");
}

const SECTIONS_MAX = 500;

function sectionsIn(element: Element | undefined): Element[] {
  if (!element) return [];
  return childrenOf(element, "component")
    .flatMap((component) => childrenOf(component, "section"))
    .slice(0, SECTIONS_MAX);
}

/** Base64 as XML files hold it, with line breaks. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text.replace(/\s+/g, "")), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

export default function CcdaViewer({ bytes }: { bytes: Uint8Array }) {
  const text = useText();
  const format = useFormat();
  const root = useMemo(() => {
    const document = new DOMParser().parseFromString(decode(bytes), "application/xml");
    return document.getElementsByTagName("parsererror").length > 0
      ? undefined
      : document.documentElement;
  }, [bytes]);
  // What is no XML is still text that somebody may read.
  if (!root) return <TextViewer bytes={bytes} />;

  const isSection = root.localName === "section";
  const patient = first(root, "recordTarget", "patientRole");
  const person = first(patient, "patient");
  const moment = momentOf(first(root, "effectiveTime")?.getAttribute("value") ?? "");
  const born = momentOf(first(person, "birthTime")?.getAttribute("value") ?? "");
  const author = first(root, "author", "assignedAuthor");
  const sex = first(person, "administrativeGenderCode")?.getAttribute("code") ?? "";
  const body = first(root, "component", "structuredBody");
  const unstructured = first(root, "component", "nonXMLBody", "text");
  const sections = isSection ? [root] : sectionsIn(body);

  return (
    <article className="px-4 pt-5 pb-8 sm:px-8">
      <p className="mb-3 text-xl font-semibold wrap-anywhere">{words(first(root, "title"))}</p>
      <Facts
        isWide
        facts={[
          [text.viewer.patientName, nameOf(first(person, "name"))],
          [text.viewer.born, born && format.day(born.date)],
          [text.viewer.sex, text.viewer.sexes[sex] ?? sex],
          [text.viewer.identifier, first(patient, "id")?.getAttribute("extension") ?? ""],
          [
            text.viewer.date,
            moment && (moment.hasTime ? format.moment(moment.date) : format.day(moment.date)),
          ],
          [
            text.viewer.author,
            nameOf(first(author, "assignedPerson", "name")) ||
            words(first(author, "representedOrganization", "name")),
          ],
          [
            text.viewer.custodian,
            words(
              first(
                root,
                "custodian",
                "assignedCustodian",
                "representedCustodianOrganization",
                "name",
              ),
            ),
          ],
        ]}
      />
      {sections.length > 1 && (
        <details className="mt-4 rounded-md border border-line px-3.5 py-2">
          <summary className="text-sm font-medium text-ink-2">
            {text.viewer.contents} ({sections.length})
          </summary>
          <ol className="mt-2 columns-1 gap-6 text-sm sm:columns-2">
            {sections.map((section, at) => (
              <li key={at} className="py-0.5">
                <button
                  type="button"
                  className="rounded-sm text-left text-accent underline-offset-2 hover:underline"
                  onClick={() => {
                    const target = document.getElementById(`section-${at}`);
                    target?.scrollIntoView({ block: "start" });
                    target?.focus({ preventScroll: true });
                  }}
                >
                  {words(first(section, "title"))}
                </button>
              </li>
            ))}
          </ol>
        </details>
      )}
      {unstructured && <Embedded element={unstructured} />}
      {sections.map((section, at) => (
        <Section key={at} id={`section-${at}`} section={section} depth={0} />
      ))}
    </article>
  );
}

function Section({ section, depth, id }: { section: Element; depth: number; id?: string }) {
  const text = useText();
  const narrative = first(section, "text");
  const title = words(first(section, "title"));
  const Heading = depth === 0 ? "h2" : "h3";
  const isEmpty = words(narrative) === "";
  return (
    <section className={depth === 0 ? "mt-6 border-t border-line pt-5" : "mt-4"}>
      {title && (
        <Heading
          {...(id ? { id } : {})}
          tabIndex={-1}
          className="mb-1.5 scroll-mt-20 text-lg font-semibold outline-none wrap-anywhere"
        >
          {title}
        </Heading>
      )}
      {narrative && !isEmpty
        ? (
          <div className="narrative">
            <Narrative element={narrative} phrases={{ linkTo: text.viewer.linkTo }} />
          </div>
        )
        : depth === 0 && sectionsIn(section).length === 0 && (
          <p className="text-sm text-ink-3">{text.viewer.noNarrative}</p>
        )}
      {depth < 6 &&
        sectionsIn(section).map((inner, at) => (
          <Section key={at} section={inner} depth={depth + 1} />
        ))}
    </section>
  );
}

/** A document whose body is another file. */
function Embedded({ element }: { element: Element }) {
  const text = useText();
  const mediaType = element.getAttribute("mediaType") ?? "text/plain";
  const isBase64 = element.getAttribute("representation") === "B64";
  const content = element.textContent ?? "";
  const bytes = useMemo(
    () => isBase64 ? bytesOf(content) : new TextEncoder().encode(content),
    [isBase64, content],
  );
  return (
    <div className="mt-5 overflow-hidden rounded-md border border-line">
      {bytes && mediaType === "application/pdf"
        ? <PdfViewer bytes={bytes} />
        : bytes && mediaType.startsWith("text/plain")
        ? <TextViewer bytes={bytes} />
        : (
          <p className="p-4 text-sm text-ink-3">
            {text.viewer.embedded}: {mediaType.slice(0, 100)}
          </p>
        )}
    </div>
  );
}

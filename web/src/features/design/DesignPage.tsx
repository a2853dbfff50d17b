/** Every component in every state, with the tokens it is made of. DESIGN.md says why. */
import { type ReactNode, useState } from "react";
import { Problem, Unreachable } from "../../api/problem.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Badge, Count } from "../../ui/Badge.tsx";
import { Button, IconButton } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Facts } from "../../ui/Facts.tsx";
import { Field } from "../../ui/Field.tsx";
import { FilePicker } from "../../ui/FilePicker.tsx";
import { FilterList } from "../../ui/FilterList.tsx";
import { Icon, iconNames } from "../../ui/Icon.tsx";
import { Mark } from "../../ui/Mark.tsx";
import { Menu, MenuEntry, MenuSection } from "../../ui/Menu.tsx";
import { Empty, Notice } from "../../ui/Notice.tsx";
import { Progress, Skeleton } from "../../ui/Progress.tsx";
import { SearchBox } from "../../ui/SearchBox.tsx";
import { Segmented } from "../../ui/Segmented.tsx";
import { Slider } from "../../ui/Slider.tsx";
import { Tabs } from "../../ui/Tabs.tsx";
import { Highlight } from "../documents/highlights.tsx";
import { KindTag } from "../documents/KindTag.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { usePageTitle } from "../shell/title.ts";
import { Figures } from "./Figures.tsx";

/** Spelled out, so that Tailwind finds the classes. */
const colours: [name: string, className: string][] = [
  ["canvas", "bg-canvas"],
  ["surface", "bg-surface"],
  ["raised", "bg-raised"],
  ["sunken", "bg-sunken"],
  ["line", "bg-line"],
  ["line-strong", "bg-line-strong"],
  ["ink", "bg-ink"],
  ["ink-2", "bg-ink-2"],
  ["ink-3", "bg-ink-3"],
  ["accent", "bg-accent"],
  ["accent-soft", "bg-accent-soft"],
  ["focus", "bg-focus"],
  ["mark", "bg-mark"],
  ["danger", "bg-danger"],
  ["danger-soft", "bg-danger-soft"],
  ["caution", "bg-caution"],
  ["caution-soft", "bg-caution-soft"],
  ["good", "bg-good"],
  ["good-soft", "bg-good-soft"],
];

const sizes: [name: string, className: string][] = [
  ["3xl 32/38", "text-3xl font-semibold"],
  ["2xl 24/30", "text-2xl font-semibold"],
  ["xl 19/25", "text-xl font-semibold"],
  ["lg 16/23", "text-lg"],
  ["base 14/21", "text-base"],
  ["sm 13/19", "text-sm"],
  ["xs 12/17", "text-xs"],
  ["2xs 11/16", "text-2xs"],
];

const kinds = ["pdf", "hl7v2", "dicom", "ccda", "fhir", "image", "office", "text", "other"];
const looks = ["primary", "secondary", "quiet", "danger"] as const;
const statuses = [403, 404, 409, 413, 422, 429, 500, 503];

export function DesignPage() {
  const text = useText();
  usePageTitle(text.account.design);
  return (
    <div className="mx-auto max-w-[88rem] px-4 pt-5 sm:px-6 sm:pt-7 lg:px-8">
      <h1 className="mb-6 text-2xl font-semibold">{text.account.design}</h1>
      <div className="grid gap-x-12 gap-y-10 xl:grid-cols-2">
        <Colours />
        <Type />
        <Buttons />
        <Choices />
        <Fields />
        <Notices />
        <Small />
        <Waiting />
        <Problems />
        <Overlays />
        <Part title="Tables and figures">
          <Figures />
        </Part>
      </div>
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="min-w-0">
      <h2 className="mb-3 border-b border-line pb-1.5 text-lg font-semibold">{title}</h2>
      <div className="flex flex-col gap-4">{children}</div>
    </section>
  );
}

const Line = ({ children }: { children: ReactNode }) => (
  <div className="flex flex-wrap items-center gap-2.5">{children}</div>
);

function Colours() {
  return (
    <Part title="Colour">
      <ul className="grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-3">
        {colours.map(([name, className]) => (
          <li key={name} className="flex items-center gap-2.5">
            <span className={`size-8 rounded-md border border-line ${className}`} />
            <code className="font-mono text-xs text-ink-2">{name}</code>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Type() {
  return (
    <Part title="Type">
      <ul className="flex flex-col gap-2">
        {sizes.map(([name, className]) => (
          <li key={name} className="flex items-baseline gap-4">
            <code className="w-20 shrink-0 font-mono text-xs text-ink-3">{name}</code>
            <span className={`truncate ${className}`}>Haemoglobin 9.8 g/dL</span>
          </li>
        ))}
        <li className="flex items-baseline gap-4">
          <code className="w-20 shrink-0 font-mono text-xs text-ink-3">tabular</code>
          <span className="tabular">1 111.10 · 8 888.88</span>
        </li>
        <li className="flex items-baseline gap-4">
          <code className="w-20 shrink-0 font-mono text-xs text-ink-3">mono</code>
          <span className="font-mono text-sm">ORU^R01 · 0O 1lI</span>
        </li>
        <li className="flex items-baseline gap-4">
          <code className="w-20 shrink-0 font-mono text-xs text-ink-3">mark</code>
          <span>
            <Highlight text="saturation &lt; 92 % &amp; <mark>breathless</mark>" />
          </span>
        </li>
      </ul>
    </Part>
  );
}

function Buttons() {
  return (
    <Part title="Buttons">
      {looks.map((look) => (
        <Line key={look}>
          <Button look={look}>{look}</Button>
          <Button look={look} icon="upload">icon</Button>
          <Button look={look} size="sm">small</Button>
          <Button look={look} isPending>pending</Button>
          <Button look={look} isDisabled>disabled</Button>
        </Line>
      ))}
      <Line>
        <IconButton icon="close" label="Close" />
        <IconButton icon="retry" label="Again" look="secondary" />
        <IconButton icon="check" label="Small" size="sm" />
        <IconButton icon="check" label="Disabled" isDisabled />
        <FilePicker icon="plus" onFiles={() => {}}>files</FilePicker>
      </Line>
    </Part>
  );
}

function Choices() {
  const [segment, setSegment] = useState<"one" | "two" | "three">("one");
  const [filter, setFilter] = useState<string | undefined>("pdf");
  const [value, setValue] = useState(40);
  return (
    <Part title="Choices">
      <Line>
        <Segmented
          label="Segments"
          value={segment}
          onChange={setSegment}
          choices={[
            { value: "one", label: "Open", count: 12 },
            { value: "two", label: "Mine" },
            { value: "three", label: "Done" },
          ]}
        />
        <Menu
          aria-label="Menu"
          trigger={<Button>Menu</Button>}
        >
          <MenuSection label="Section" selectionMode="single" selectedKeys={["a"]}>
            <MenuEntry id="a">Chosen</MenuEntry>
            <MenuEntry id="b">Other</MenuEntry>
          </MenuSection>
        </Menu>
      </Line>
      <div className="max-w-56">
        <FilterList
          label="Filter"
          value={filter}
          onChange={setFilter}
          choices={[
            { value: "pdf", label: "PDF", count: 128 },
            { value: "text", label: "Text", count: 7 },
          ]}
        />
      </div>
      <div className="rounded-lg border border-line bg-surface">
        <Tabs
          label="Tabs"
          tabs={[
            { id: "one", label: "Results", content: <p>One pane.</p> },
            { id: "two", label: "Segments", count: 16, content: <p>Another.</p> },
          ]}
        />
      </div>
      <div className="max-w-xs">
        <Slider label="Slider" value={value} min={0} max={100} onChange={setValue} />
      </div>
    </Part>
  );
}

function Fields() {
  const [value, setValue] = useState("Discharge letter");
  return (
    <Part title="Fields">
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="With a value" value={value} onChange={setValue} />
        <Field label="Empty" placeholder="Placeholder" hint="A hint says what is meant." />
        <Field label="In error" defaultValue="12 %" error="Write a number without a unit." />
        <Field label="Disabled" defaultValue="Not now" isDisabled />
        <Field label="Long" isLong defaultValue="A comment over several lines." />
        <SearchBox
          label="Search"
          placeholder="Search"
          clearLabel="Clear"
          value="haemo"
          onSearch={() => {}}
        />
      </div>
    </Part>
  );
}

function Notices() {
  return (
    <Part title="Notices">
      <Notice title="Neutral">This file is still being read.</Notice>
      <Notice tone="good" title="Good">Intact: 214 events verified.</Notice>
      <Notice tone="caution" title="Caution" action={<Button size="sm">Try again</Button>}>
        The rest goes on working.
      </Notice>
      <Notice tone="danger" title="Danger">The chain is broken.</Notice>
    </Part>
  );
}

function Small() {
  return (
    <Part title="Small parts">
      <Line>
        <Badge>neutral</Badge>
        <Badge tone="good">good</Badge>
        <Badge tone="caution">
          <Icon name="up" className="size-3.5" />High
        </Badge>
        <Badge tone="danger">
          <Icon name="down" className="size-3.5" />Critically low
        </Badge>
        <Count value={3} />
        <Count value={214} />
        <Mark />
      </Line>
      <Line>{kinds.map((kind) => <KindTag key={kind} kind={kind} />)}</Line>
      <Line>
        {iconNames.map((name) => <Icon key={name} name={name} className="size-5 text-ink-2" />)}
      </Line>
      <Facts facts={[["Kind", "HL7 message"], ["Size", "1.5 kB"], ["Left out", ""]]} />
    </Part>
  );
}

function Waiting() {
  return (
    <Part title="Waiting, and nothing">
      <Progress label="Sending" value={0.4} />
      <Progress label="Storing" value={undefined} />
      <Skeleton label="Loading" lines={3} />
      <Empty icon="documents" title="No documents yet" action={<Button>An action</Button>}>
        Says why, and what to do about it.
      </Empty>
    </Part>
  );
}

function Problems() {
  return (
    <Part title="Problems">
      {statuses.map((status) => (
        <ProblemNotice
          key={status}
          error={new Problem(status, "", { detail: "Said by the platform.", instance: "4f1c" }, 12)}
          onRetry={status >= 500 ? () => {} : undefined}
        />
      ))}
      <ProblemNotice error={new Unreachable()} onRetry={() => {}} />
    </Part>
  );
}

function Overlays() {
  const [isOpen, setOpen] = useState(false);
  return (
    <Part title="Over the page">
      <Line>
        <Button onPress={() => setOpen(true)}>Dialog</Button>
      </Line>
      <Dialog title="A dialog" isOpen={isOpen} onClose={() => setOpen(false)}>
        <p className="mb-5 text-ink-2">What is behind it stays as it was.</p>
        <div className="flex justify-end gap-2">
          <Button onPress={() => setOpen(false)}>Cancel</Button>
          <Button look="primary" onPress={() => setOpen(false)}>Go on</Button>
        </div>
      </Dialog>
    </Part>
  );
}

/** Tabs: panes of one thing, of which one is seen. */
import type { ReactNode } from "react";
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from "react-aria-components/Tabs";

type Props<T extends string> = {
  label: string;
  tabs: { id: T; label: string; count?: number; content: ReactNode }[];
  selected?: T;
  onSelect?: (id: T) => void;
};

export function Tabs<T extends string>({ label, tabs, selected, onSelect }: Props<T>) {
  return (
    <AriaTabs
      {...(selected === undefined ? {} : { selectedKey: selected })}
      {...(onSelect ? { onSelectionChange: (key) => onSelect(key as T) } : {})}
      className="flex min-h-0 flex-col"
    >
      <TabList aria-label={label} className="flex gap-5 overflow-x-auto border-b border-line px-4">
        {tabs.map((tab) => (
          <Tab
            key={tab.id}
            id={tab.id}
            className="-mb-px whitespace-nowrap border-b-2 border-transparent py-2.5 text-sm font-medium text-ink-3 outline-offset-[-2px] data-[hovered]:text-ink data-[selected]:border-accent data-[selected]:text-ink"
          >
            {tab.label}
            {tab.count !== undefined && (
              <span className="tabular ml-1.5 font-normal text-ink-3">{tab.count}</span>
            )}
          </Tab>
        ))}
      </TabList>
      {tabs.map((tab) => (
        <TabPanel key={tab.id} id={tab.id} className="min-h-0 p-4 outline-offset-[-2px]">
          {tab.content}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}

/** Tables, graphs, charts and the choices of forms, as the design page shows them. */
import { useState } from "react";
import { BackLink } from "../../ui/BackLink.tsx";
import { Bar } from "../../ui/charts/Bar.tsx";
import { TimeChart } from "../../ui/charts/TimeChart.tsx";
import { Code } from "../../ui/Code.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { Disclosure } from "../../ui/Disclosure.tsx";
import { type Box, GraphView, type Line } from "../../ui/graph/GraphView.tsx";
import { Radios, Ticks } from "../../ui/Radios.tsx";

const BOXES: Box[] = [
  { id: "start", title: "Start", isEnd: true },
  { id: "a", title: "Done", note: "12 January", tone: "good" },
  { id: "b", title: "Due", note: "Due 19 January", tone: "accent" },
  { id: "c", title: "Late", note: "Since 2 January", tone: "danger" },
  { id: "d", title: "Left out", note: "Does not apply", isFaint: true },
  { id: "e", title: "A title that is too long for a single line", note: "Ahead" },
];
const LINES: Line[] = [
  { from: "start", to: "a" },
  { from: "a", to: "b", label: "+ 14 days" },
  { from: "a", to: "c", width: 4 },
  { from: "a", to: "d", isDashed: true },
  { from: "b", to: "e" },
  { from: "c", to: "e", tone: "caution", label: "8 · 3 days" },
];

export function Figures() {
  const [side, setSide] = useState("left");
  const [signs, setSigns] = useState(["pain"]);
  return (
    <>
      <BackLink to="/documents">Back to the list</BackLink>
      <Radios
        label="One of a few"
        hint="All of them are seen"
        choices={[{ value: "left", label: "Left" }, { value: "right", label: "Right" }]}
        value={side}
        onChange={setSide}
      />
      <Ticks
        label="Several of a few"
        error="Choose at least two."
        choices={[{ value: "pain", label: "Pain" }, { value: "fever", label: "Fever" }]}
        value={signs}
        onChange={setSigns}
      />
      <GraphView label="Every state of a step" boxes={BOXES} lines={LINES} />
      <DataTable
        caption="A table with bars"
        columns={[
          { label: "Way" },
          { label: "Runs", isNumber: true },
          { label: "Bar", isLabelHidden: true },
        ]}
        rows={[
          { id: "1", cells: ["Assess → Call → File", "41", <Bar key="bar" share={1} />] },
          { id: "2", cells: ["Assess → File", "9", <Bar key="bar" share={0.22} tone="caution" />] },
        ]}
      />
      <TimeChart
        label="How long it takes"
        tableLabel="The same as a table"
        pointLabel="Week"
        points={["5 Jan", "12 Jan", "19 Jan", "26 Jan"]}
        series={[
          { label: "Half", values: [3, 4, null, 2], look: "first" },
          { label: "Nine of ten", values: [7, 9, null, 5], look: "second" },
        ]}
        shape="lines"
        kind="number"
        format={String}
      />
      <Disclosure title="What few want to see">
        <Code label="What a machine wrote" text='{ "a": 1 }' />
      </Disclosure>
    </>
  );
}

/** A slider with its name and its value. */
import {
  Slider as AriaSlider,
  SliderOutput,
  SliderThumb,
  SliderTrack,
} from "react-aria-components/Slider";
import { Label } from "react-aria-components/TextField";

type Props = {
  label: string;
  value: number;
  min: number;
  max: number;
  step?: number;
  onChange: (value: number) => void;
};

export function Slider({ label, value, min, max, step = 1, onChange }: Props) {
  return (
    <AriaSlider
      value={value}
      minValue={min}
      maxValue={max}
      step={step}
      onChange={(next) => onChange(next as number)}
      className="grid min-w-36 grow basis-40 grid-cols-[1fr_auto] gap-x-3"
    >
      <Label className="text-xs text-ink-3">{label}</Label>
      <SliderOutput className="tabular text-xs font-medium text-ink-2" />
      <SliderTrack className="relative col-span-2 h-6 before:absolute before:inset-x-0 before:top-1/2 before:h-0.5 before:-translate-y-1/2 before:rounded-full before:bg-line-strong">
        <SliderThumb className="top-1/2 size-4 rounded-full border-2 border-raised bg-accent shadow-[0_0_0_1px_var(--accent)] outline-offset-2 data-[focus-visible]:outline-2 data-[focus-visible]:outline-focus" />
      </SliderTrack>
    </AriaSlider>
  );
}

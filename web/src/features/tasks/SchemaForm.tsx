/** The fields of a task's JSON schema, each with its label, its hint and what is wrong with it. */
import { Field } from "../../ui/Field.tsx";
import { Radios, Ticks } from "../../ui/Radios.tsx";
import { useText } from "../../i18n/i18n.tsx";
import { useWorkflowText } from "../workflows/texts.ts";
import { type Fault, type FormField, labelOf, type Typed } from "./schema.ts";

type Props = {
  fields: readonly FormField[];
  typed: Typed;
  faults: ReadonlyMap<string, Fault>;
  onChange: (typed: Typed) => void;
};

export function SchemaForm({ fields, typed, faults, onChange }: Props) {
  return (
    <div className="flex flex-col gap-4">
      {fields.map((field) => (
        <OneField
          key={field.name}
          field={field}
          typed={typed[field.name] ?? (field.kind === "choices" ? [] : "")}
          fault={faults.get(field.name)}
          onChange={(value) => onChange({ ...typed, [field.name]: value })}
        />
      ))}
    </div>
  );
}

function OneField(
  { field, typed, fault, onChange }: {
    field: FormField;
    typed: string | readonly string[];
    fault: Fault | undefined;
    onChange: (value: string | readonly string[]) => void;
  },
) {
  const common = useText().common;
  const text = useWorkflowText().task;
  const { kind, isRequired, hint, choices } = field;
  const label = isRequired ? field.label : `${field.label} (${common.optional})`;
  const words = fault && text[fault.kind];
  const error = typeof words === "function" ? words(fault!.limit) : words;
  const shared = { label, error, ...(hint === undefined ? {} : { hint }) };
  if (kind === "choices") {
    return (
      <Ticks
        {...shared}
        choices={choices.map((value) => ({ value, label: labelOf(value) }))}
        value={typeof typed === "string" ? [] : typed}
        onChange={onChange}
      />
    );
  }
  const value = typeof typed === "string" ? typed : "";
  if (kind === "boolean" || kind === "choice") {
    const answers = kind === "choice"
      ? choices.map((value) => ({ value, label: labelOf(value) }))
      : [{ value: "yes", label: text.yes }, { value: "no", label: text.no }];
    return <Radios {...shared} choices={answers} value={value} onChange={onChange} />;
  }
  return (
    <Field
      {...shared}
      value={value}
      onChange={onChange}
      isLong={kind === "long" || kind === "json"}
      {...(kind === "date" ? { type: "date" as const } : {})}
      {...(kind === "number" ? { inputMode: "decimal" as const } : {})}
    />
  );
}

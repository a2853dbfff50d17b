/** Who might be the same person, how alike, and why. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useClient } from "../../api/context.ts";
import { Notice } from "../../ui/Notice.tsx";
import { Born } from "./Born.tsx";
import { type Duplicate, nameable, nameOf, namesQuery } from "./patients.ts";
import { usePracticeText } from "./texts.ts";

export function Duplicates({ duplicates }: { duplicates: Duplicate[] }) {
  const text = usePracticeText().form;
  if (duplicates.length === 0) return null;
  return (
    <Notice tone="caution" title={text.duplicates(duplicates.length)}>
      <p>{text.duplicatesText}</p>
      <DuplicateList duplicates={duplicates} />
    </Notice>
  );
}

export function DuplicateList({ duplicates }: { duplicates: Duplicate[] }) {
  const text = usePracticeText();
  const ids = duplicates.map(({ patientId }) => patientId).sort();
  const patients = useQuery(namesQuery(useClient(), ids)).data;
  return (
    <ul className="mt-1">
      {duplicates.map(({ patientId, score, reasons }) => {
        const patient = nameable(patients?.get(patientId));
        return (
          <li key={patientId} className="py-1">
            <Link
              to="/patients/$patientId"
              params={{ patientId }}
              target="_blank"
              className="font-medium text-ink underline underline-offset-2"
            >
              {patient ? <bdi>{nameOf(patient.name)}</bdi> : text.form.open}
            </Link>{" "}
            {patient && <Born patient={patient} />}
            <span className="block text-xs">
              {text.form.score(score)}: {reasons.map((reason) => text.reasons[reason] ?? reason)
                .join(", ")}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** A birth date as precise as it is known, and the age that follows. */
import { useFormat } from "../../i18n/i18n.tsx";
import { ageOn, type Patient } from "./patients.ts";
import { usePracticeText } from "./texts.ts";

export const todayIs = () => {
  const now = new Date();
  const two = (n: number) => String(n).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
};

export function Born({ patient }: { patient: Pick<Patient, "birthDate" | "deceased"> }) {
  const format = useFormat();
  const text = usePracticeText();
  const { birthDate, deceased } = patient;
  if (birthDate === null) return text.sexes.unknown;
  // Noon: midnight of a day may be the day before elsewhere.
  const day = birthDate.length === 10 ? format.dayShort(`${birthDate}T12:00:00`) : birthDate;
  const age = deceased ? undefined : ageOn(birthDate, todayIs());
  return age === undefined ? day : `${day} (${text.chart.age(age)})`;
}

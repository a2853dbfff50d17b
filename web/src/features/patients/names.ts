/** Names of patients for the ids that runs, tasks and findings carry. */
import { useQuery } from "@tanstack/react-query";
import { useClient } from "../../api/context.ts";
import { useMay } from "../sessions/me.ts";
import { namesQuery, type Patient } from "./patients.ts";

export function usePatientNames(
  ids: readonly (string | null)[],
): (id: string | null) => Patient | undefined {
  const canRead = useMay("patients:read") !== false;
  const wanted = [...new Set(ids.filter((id) => id !== null))].sort();
  const { data } = useQuery(namesQuery(useClient(), canRead ? wanted : []));
  return (id) => (id === null ? undefined : data?.get(id));
}

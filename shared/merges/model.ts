/** A merge: two records turned out to be one, and one of them took over. */
import type { PendingQuery, Row } from "postgres";
import { z } from "zod";
import type { Db } from "../postgres/connect.ts";

export type Merge = {
  organizationId: string;
  mergeId: string;
  /** What was given up. */
  fromId: string;
  /** What took over. */
  intoId: string;
};

export type Table = {
  name: string;
  /** Its rows have a `version` that counts every change. */
  isVersioned?: boolean;
  /** Rows that do not fit this condition stay where they are; the table is called `t` in it. */
  where?: (db: Db, merge: Merge) => PendingQuery<Row[]>;
};

/** What is used of the fact: `mergeId`, `<subject>Id`, `into<Subject>Id`. */
export const mergeOf = (subject: string) => {
  const [from, into] = [`${subject}Id`, `into${subject[0]!.toUpperCase()}${subject.slice(1)}Id`];
  return z.looseObject({ mergeId: z.uuid(), [from]: z.uuid(), [into]: z.uuid() })
    .transform((data) => ({
      mergeId: data.mergeId as string,
      fromId: data[from] as string,
      intoId: data[into] as string,
    }));
};

/** What can be wrong with asking for a study or a frame. */
import { defineProblems } from "@praxis/shared/problem";

export const problem = defineProblems({
  "study-not-found": { status: 404, title: "This study does not exist" },
  "frame-not-found": { status: 404, title: "The document has no such frame" },
  "frame-undecodable": { status: 406, title: "This picture can only be had as its original" },
});

/** Every problem that identity may answer with, beyond those that all services share. */
import { defineProblems } from "@praxis/shared/problem";

export const problem = defineProblems({
  "credentials-rejected": { status: 401, title: "The e-mail address or the password is wrong" },
  "refresh-rejected": { status: 401, title: "This session has ended, sign in again" },
  "cross-site": { status: 403, title: "Another site may not use this cookie" },
  "session-not-found": { status: 404, title: "This session does not exist" },
});

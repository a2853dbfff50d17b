/** Every problem that identity may answer with, beyond those that all services share. */
import { defineProblems } from "@praxis/shared/problem";

export const problem = defineProblems({
  "credentials-rejected": { status: 401, title: "The e-mail address or the password is wrong" },
  "refresh-rejected": { status: 401, title: "This session has ended, sign in again" },
  "cross-site": { status: 403, title: "Another site may not use this cookie" },
  "authorization-request-invalid": {
    status: 400,
    title: "The program that sent you here is not known, or asked wrongly",
  },
  "permission-not-held": { status: 403, title: "You cannot give what you do not have" },
  "link-expired": { status: 410, title: "This link was used before, or is too old" },
  "password-weak": { status: 422, title: "This password is too easy to guess" },
  "challenge-ended": { status: 410, title: "This sign-in took too long or was tried too often" },
  "factor-rejected": { status: 401, title: "This second factor was not accepted" },
  "factor-not-found": { status: 404, title: "This second factor does not exist" },
  "factor-taken": { status: 409, title: "This passkey is in use already" },
  "factors-full": { status: 409, title: "There are too many second factors, remove one first" },
  "last-factor": { status: 409, title: "Your clinic asks for a second factor, so keep one" },
  "step-up-required": { status: 401, title: "Confirm first that it is you" },
  "second-factor-missing": { status: 403, title: "This needs a second factor, and you have none" },
  "policy-step-up": { status: 403, title: "This clinic asks for a stronger sign-in" },
  "below-floor": { status: 422, title: "A clinic may only be stricter than the platform" },
  "condition-missing": { status: 428, title: "Say with If-Match which version you have seen" },
  "stale": { status: 412, title: "Someone has changed this since you read it" },
  "email-taken": { status: 409, title: "This address belongs to another account by now" },
  "export-expired": {
    status: 410,
    title: "This copy could be fetched for a day; ask for a new one",
  },
  "records-name-you": {
    status: 409,
    title: "The records of a clinic name you, so it must be able to say who you are",
  },
  "member-not-found": { status: 404, title: "This member does not exist" },
  "last-owner": { status: 409, title: "A clinic keeps at least one owner" },
  "owner-unfit": { status: 409, title: "This user cannot own a clinic" },
  "organization-exists": { status: 409, title: "There is a clinic of this id already" },
  "organization-open": { status: 409, title: "Somebody belongs to this clinic" },
  "session-not-found": { status: 404, title: "This session does not exist" },
});

/** Every problem that communication may answer with, beyond the common ones. */
import { defineProblems } from "@praxis/shared/problem";

export const problem = defineProblems({
  "recipient-unfit": { status: 409, title: "This user does not belong to the clinic" },
  "notification-not-found": { status: 404, title: "This notification does not exist" },
  "action-not-offered": { status: 409, title: "This notification does not ask that" },
  "account-not-found": { status: 404, title: "This provider account does not exist" },
  "account-not-paused": { status: 409, title: "This provider account is not paused" },
  "account-name-taken": { status: 409, title: "Another provider account has this name" },
  "route-not-found": { status: 404, title: "This provider route does not exist" },
  "kill-switch-not-found": { status: 404, title: "Nothing of this name is switched off" },
  "message-not-found": { status: 404, title: "This message does not exist" },
  "message-not-cancellable": {
    status: 409,
    title: "Nothing of this message can be stopped any more",
  },
  "delivery-not-found": { status: 404, title: "This delivery does not exist" },
  "delivery-not-waiting": { status: 409, title: "This delivery is not in a state for that" },
  "recipient-not-found": { status: 404, title: "This recipient is not known here" },
  "contact-point-not-found": { status: 404, title: "This contact point does not exist" },
  "preference-mandatory": { status: 409, title: "These messages cannot be refused" },
  "suppression-not-found": { status: 404, title: "This suppression does not exist" },
  "suppression-not-liftable": {
    status: 409,
    title: "Only the addressee can lift this suppression",
  },
  "template-not-found": { status: 404, title: "This template does not exist" },
  "template-key-taken": { status: 409, title: "There is a template with this key" },
  "template-not-approved": { status: 409, title: "Somebody else must approve this version first" },
  "own-address-missing": {
    status: 409,
    title: "No address of your own is known for this channel",
  },
  "template-own-approval": { status: 403, title: "Somebody else than the author must approve" },
  "link-expired": { status: 410, title: "This link has expired" },
  "webhook-not-found": { status: 404, title: "This webhook endpoint does not exist" },
  "webhook-delivery-not-found": { status: 404, title: "This webhook delivery does not exist" },
});

/** Every problem that content may answer with. */
import { defineProblems } from "@praxis/shared/problem";

export const problem = defineProblems({
  "upload-unreadable": { status: 400, title: "The upload is not whole multipart/form-data" },
  "message-unreadable": { status: 400, title: "The body is no HL7 v2 message" },
  "document-not-found": { status: 404, title: "This document does not exist" },
  "version-not-found": { status: 404, title: "This version of the document does not exist" },
  "rendition-not-found": { status: 404, title: "The document has no such picture" },
  "study-not-found": { status: 404, title: "This study does not exist" },
  "frame-not-found": { status: 404, title: "The document has no such frame" },
  "frame-undecodable": { status: 406, title: "This picture can only be had as its original" },
  "not-in-quarantine": { status: 409, title: "The document is not in quarantine" },
  "share-not-found": { status: 404, title: "This share does not exist" },
  "share-exists": { status: 409, title: "This user can read the document already" },
  "release-read": { status: 409, title: "The patient has read this: it cannot be taken back" },
  "not-this-patients": { status: 409, title: "The document is not this patient's" },
  "document-not-ready": { status: 409, title: "The document is still being read in" },
  "still-processing": { status: 409, title: "The document is being read at the moment" },
  "version-stale": { status: 412, title: "The document has changed since you read it" },
  "batch-too-large": { status: 413, title: "The batch holds more than 1,000 messages" },
  "file-too-large": { status: 413, title: "The file is larger than the limit" },
  "range-not-satisfiable": { status: 416, title: "The file does not have that range" },
  "file-missing": { status: 422, title: "The upload holds no file" },
  "file-not-single": { status: 422, title: "An upload holds one file" },
  "file-empty": { status: 422, title: "The file is empty" },
  "file-name-impossible": { status: 422, title: "The file's name cannot be kept" },
  "if-match-missing": { status: 428, title: "Say with If-Match which version you replace" },
});

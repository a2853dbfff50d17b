/** How a fact becomes the words of a notification. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { describe, it } from "@std/testing/bdd";
import { messageOf } from "./model.ts";

describe("messageOf", () => {
  it("names the document and its patient", () => {
    const [documentId, patientId] = [newId(), newId()];
    deepEqual(messageOf({ documentId, title: "Letter", patientId }), {
      kind: "document.created",
      title: "New document: Letter",
      subject: { type: "document", id: documentId },
      patientId,
    });
  });

  it("cuts a long title at 200 characters and never inside one", () => {
    const titleOf = (title: string) =>
      messageOf({ documentId: newId(), title, patientId: null }).title;
    const room = 200 - "New document: ".length;
    equal(titleOf("a".repeat(room)), `New document: ${"a".repeat(room)}`);
    equal(titleOf("a".repeat(room + 1)), `New document: ${"a".repeat(room - 1)}…`);
    const cut = titleOf("🩺".repeat(5_000));
    equal([...cut].length, 200);
    equal(cut.isWellFormed(), true);
  });
});

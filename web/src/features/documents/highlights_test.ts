import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { piecesOf } from "./highlights.tsx";

const shown = (highlight: string) =>
  piecesOf(highlight).map(({ text, isMarked }) => isMarked ? `[${text}]` : text).join("");

describe("highlights", () => {
  it("are text with marks", () => {
    deepEqual(piecesOf("… a <mark>low</mark> value"), [
      { text: "… a ", isMarked: false },
      { text: "low", isMarked: true },
      { text: " value", isMarked: false },
    ]);
  });

  it("undo the escapes that the platform writes", () => {
    equal(shown("&#60;b&#62; &#38;amp; &lt;<mark>5&#39;</mark>"), "<b> &amp; <[5']");
  });

  it("take every other tag for text", () => {
    equal(
      shown('<script>alert(1)</script><mark class="x">'),
      '<script>alert(1)</script><mark class="x">',
    );
  });

  it("leave what is no character alone", () => {
    equal(shown("&#9999999; &#x110000; &nope; &"), "&#9999999; &#x110000; &nope; &");
  });

  it("survive marks that do not fit", () => {
    equal(shown("a</mark>b<mark><mark>c"), "ab[c]");
  });
});

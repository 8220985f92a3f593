import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cursorText, readCursor } from "../../../../../actors/logs/file/file-cursor.ts";

const CURSOR = {
  inode: 3_753_652,
  headLength: 1_024,
  headSum: "82be52d276027a7e",
  writtenMs: 1_795,
  offset: 1_510,
};

describe("a place in a file", () => {
  it("is a text that says it again", () => {
    assert.deepEqual(readCursor(cursorText(CURSOR)), CURSOR);
    const fresh = { ...CURSOR, headLength: 0, headSum: "", offset: 0 };
    assert.deepEqual(readCursor(cursorText(fresh)), fresh);
  });

  it("is none in a text of another making", () => {
    for (const text of ["", "f0", "f1:1:2:xyz:3:4", "MTcyOTA3", `${cursorText(CURSOR)}:1`]) {
      assert.equal(readCursor(text), undefined, text);
    }
  });
});

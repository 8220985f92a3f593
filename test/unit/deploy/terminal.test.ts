import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { terminalWidth } from "../../../deploy/terminal.ts";

describe("the width that is written to", () => {
  it("is that of the terminal", () => {
    assert.equal(terminalWidth({ isTTY: true, columns: 80 }), 80);
  });

  it("has no end where nobody knows it, and where it is no terminal", () => {
    assert.equal(terminalWidth({ isTTY: true, columns: 0 }), Number.POSITIVE_INFINITY);
    assert.equal(terminalWidth({ isTTY: false, columns: 80 }), Number.POSITIVE_INFINITY);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { drawTable } from "../../../../deploy/drawings/columns.ts";
import type { Paint } from "../../../../deploy/drawings/columns.ts";

const plain: Paint = (_style, text) => text;

describe("a drawn table", () => {
  it("has columns as wide as they need to be, with numbers on the right", () => {
    const rows = [{ cells: ["/rooms", "7", "fine"] }, { cells: ["/a", "1234"] }];
    assert.equal(
      drawTable({ headings: ["actor", "mail", "state"], numbers: ["mail"], rows }, plain),
      ["actor   mail  state", "/rooms     7  fine", "/a      1234"].join("\n"),
    );
  });

  it("lines up wide letters", () => {
    const rows = [{ cells: ["大厅", "1"] }, { cells: ["hall", "2"] }];
    assert.equal(
      drawTable({ headings: ["room", "x"], numbers: [], rows }, plain),
      ["room  x", "大厅  1", "hall  2"].join("\n"),
    );
  });

  it("emphasises headings, and the rows that want it", () => {
    const styles: string[] = [];
    const paint: Paint = (style, text) => (styles.push(style), text);
    const rows = [{ cells: ["a"], style: "alarm" as const }, { cells: ["b"] }];
    drawTable({ headings: ["x"], numbers: [], rows }, paint);
    assert.deepEqual(styles, ["dim", "alarm"]);
  });
});

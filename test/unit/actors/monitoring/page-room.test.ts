import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CountDays } from "../../../../actors/monitoring/count-days.ts";
import { CountPage } from "../../../../actors/monitoring/count-page.ts";
import { isFilledBy } from "../../../../actors/monitoring/page-room.ts";
import { Counts } from "../../../../runtime/counting/counts.ts";
import { Fault } from "../../../../runtime/fault.ts";

const MORE = { counts: new Uint8Array(), link: undefined };

describe("a page and nodes of different versions", () => {
  it("takes from a writer that knows of no chains as long as it is not full, and then has it wait", () => {
    assert.equal(isFilledBy({ counts: new Counts(), isFull: false }, MORE), false);
    assert.throws(
      () => isFilledBy({ counts: new Counts(), isFull: true }, MORE),
      (error) => error instanceof Fault && error.retryable && /no page behind it/.test(error.message),
    );
  });

  it("is read as an earlier version has stored it, which cannot read what may be a part of a chain", () => {
    for (const [{ snapshot }, stored] of [
      [CountPage, { seq: 7, counts: new Uint8Array() }],
      [CountDays, { seqs: [], counts: new Uint8Array() }],
    ] as const) {
      assert.equal(snapshot?.version, 2);
      const lifted = snapshot.upcast?.[1]?.(stored);
      assert.equal((snapshot.load(lifted, "page", undefined as never) as { isFull: boolean }).isFull, false);
    }
  });
});

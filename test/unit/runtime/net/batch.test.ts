import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batch } from "../../../../runtime/net/batch.ts";

function batchOf(...frames: readonly Batch[]): Batch {
  const [first, ...others] = frames;
  assert.ok(first !== undefined);
  return others.reduce((batch, frame) => batch.with(frame), first);
}

const single = (text: string): Batch => Batch.of(Buffer.from(text));

describe("a batch", () => {
  it("joins its frames in order, and knows their size before", () => {
    const texts = fc.array(fc.string(), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(texts, (sent) => {
        const batch = batchOf(...sent.map(single));
        assert.equal(batch.frames, sent.length);
        assert.equal(batch.byteLength, Buffer.byteLength(sent.join("")));
        assert.equal(batch.join().toString(), sent.join(""));
      }),
    );
  });

  it("is one object for all who were given the same frames in the same order, and so is its joined buffer", () => {
    const [a, b, c] = [single("a"), single("b"), single("c")];
    const batches = Array.from({ length: 5 }, () => batchOf(a, b, c));
    assert.equal(new Set(batches).size, 1);
    assert.equal(new Set(batches.map((batch) => batch.join())).size, 1);
  });

  it("stays as it was when it is continued in two ways", () => {
    const [a, b, c] = [single("a"), single("b"), single("c")];
    const [ab, ac] = [batchOf(a, b), batchOf(a, c)];
    const abAgain = batchOf(a, b, c);
    assert.deepEqual(
      [ab, ac, abAgain, a].map((batch) => batch.join().toString()),
      ["ab", "ac", "abc", "a"],
    );
  });

  it("does not take equal bytes of another frame for the same frame", () => {
    const a = single("a");
    assert.notEqual(a.with(single("b")), a.with(single("b")));
  });

  it("of one frame is that frame, without a copy", () => {
    const frame = Buffer.from("frame");
    assert.equal(Batch.of(frame).join(), frame);
  });
});

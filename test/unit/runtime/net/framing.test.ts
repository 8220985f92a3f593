import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FRAMINGS, LENGTH_FRAMING, LINE_FRAMING } from "../../../../runtime/net/framing.ts";
import type { Framing, Taken } from "../../../../runtime/net/framing.ts";

const FRAME_BYTES_MAX = 16;
const LF = 0x0a;

/** What lies at the front, with the frame as text. */
function take(framing: Framing, bytes: Buffer | string, searched = 0): unknown {
  const taken: Taken = framing.take(Buffer.from(bytes), searched, FRAME_BYTES_MAX);
  if (taken.kind === "frame") return { frame: taken.frame.toString("latin1"), used: taken.used };
  return taken.kind;
}

const anyBytes = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));

describe("a frame in its envelope", () => {
  it("comes out as it went in, and what follows is untouched", () => {
    const payload = fc.uint8Array({ maxLength: FRAME_BYTES_MAX }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(
        fc.constantFrom(LENGTH_FRAMING, LINE_FRAMING),
        payload,
        anyBytes,
        (framing, sent, behind) => {
          // A line cannot hold a line end, nor end in half of one.
          fc.pre(framing.name === "length" || !(sent.includes(LF) || sent.at(-1) === 0x0d));
          const envelope = framing.encode(sent);
          const taken = framing.take(Buffer.concat([envelope, behind]), 0, FRAME_BYTES_MAX);
          assert.deepEqual(taken, { kind: "frame", frame: sent, used: envelope.length });
        },
      ),
    );
  });

  it("is partial as long as a byte is missing", () => {
    for (const framing of Object.values(FRAMINGS)) {
      const envelope = framing.encode(Buffer.from("0123456789"));
      for (let length = 0; length < envelope.length; length++) {
        assert.equal(take(framing, envelope.subarray(0, length)), "partial", `${framing.name} ${length}`);
      }
    }
  });

  it("is no reason to throw, whatever the bytes are, and waits for no more than its limit", () => {
    fc.assert(
      fc.property(fc.constantFrom(LENGTH_FRAMING, LINE_FRAMING), anyBytes, (framing, bytes) => {
        const taken = framing.take(bytes, 0, FRAME_BYTES_MAX);
        if (taken.kind === "partial") assert.ok(bytes.length < framing.limits(FRAME_BYTES_MAX));
        if (taken.kind !== "frame") return;
        assert.ok(taken.frame.length <= FRAME_BYTES_MAX && taken.used <= bytes.length);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("a length", () => {
  it("of zero is a frame of nothing", () => {
    assert.deepEqual(take(LENGTH_FRAMING, "\0\0\0\0"), { frame: "", used: 4 });
  });

  it("up to the limit is waited for, and one more is refused before any of it came", () => {
    assert.equal(take(LENGTH_FRAMING, Buffer.from([0, 0, 0, FRAME_BYTES_MAX])), "partial");
    assert.equal(take(LENGTH_FRAMING, Buffer.from([0, 0, 0, FRAME_BYTES_MAX + 1])), "refused");
  });

  it("of four gigabytes is refused, with the limit in words", () => {
    const taken = LENGTH_FRAMING.take(Buffer.from([0xff, 0xff, 0xff, 0xff]), 0, FRAME_BYTES_MAX);
    assert.deepEqual(taken, { kind: "refused", text: "a frame may have 16 bytes" });
  });
});

describe("a line", () => {
  it("ends in LF or in CRLF", () => {
    assert.deepEqual(take(LINE_FRAMING, "hello\nrest"), { frame: "hello", used: 6 });
    assert.deepEqual(take(LINE_FRAMING, "hello\r\nrest"), { frame: "hello", used: 7 });
  });

  it("keeps a CR that is not its end", () => {
    assert.deepEqual(take(LINE_FRAMING, "a\rb\r\r\n"), { frame: "a\rb\r", used: 6 });
  });

  it("may be empty", () => {
    assert.deepEqual(take(LINE_FRAMING, "\nrest"), { frame: "", used: 1 });
    assert.deepEqual(take(LINE_FRAMING, "\r\nrest"), { frame: "", used: 2 });
  });

  it("of the limit fits with either end, and one byte more with neither", () => {
    const longest = "x".repeat(FRAME_BYTES_MAX);
    assert.deepEqual(take(LINE_FRAMING, `${longest}\n`), { frame: longest, used: FRAME_BYTES_MAX + 1 });
    assert.deepEqual(take(LINE_FRAMING, `${longest}\r\n`), { frame: longest, used: FRAME_BYTES_MAX + 2 });
    assert.equal(take(LINE_FRAMING, `${longest}\r`), "partial");
    assert.equal(take(LINE_FRAMING, `${longest}x\n`), "refused");
    assert.equal(take(LINE_FRAMING, `${longest}x\r\n`), "refused");
  });

  it("without an end is refused as soon as it cannot become a frame any more", () => {
    assert.equal(take(LINE_FRAMING, "x".repeat(FRAME_BYTES_MAX + 1)), "partial");
    assert.equal(take(LINE_FRAMING, "x".repeat(FRAME_BYTES_MAX + 2)), "refused");
  });

  it("is not searched again where there was no end", () => {
    assert.equal(take(LINE_FRAMING, "a\nb", 2), "partial");
    assert.deepEqual(take(LINE_FRAMING, "abc\n", 3), { frame: "abc", used: 4 });
  });
});

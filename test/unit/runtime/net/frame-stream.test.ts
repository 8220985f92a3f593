import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FrameStream } from "../../../../runtime/net/frame-stream.ts";
import { FRAMINGS, LENGTH_FRAMING, LINE_FRAMING } from "../../../../runtime/net/framing.ts";
import type { Framing } from "../../../../runtime/net/framing.ts";

const FRAME_BYTES_MAX = 40;

interface Reading {
  readonly frames: string[];
  readonly refusals: string[];
  readonly waitingBytesMax: number;
  readonly stream: FrameStream;
}

/** Reads a stream that comes in these chunks. Each frame is looked at only while it is handed over, as promised. */
function read(framing: Framing, chunks: readonly Buffer[]): Reading {
  const stream = new FrameStream(framing, FRAME_BYTES_MAX);
  const frames: string[] = [];
  const refusals: string[] = [];
  let waitingBytesMax = 0;
  for (const chunk of chunks) {
    // A socket's buffer is used again for the next read.
    const reused = Buffer.from(chunk);
    const refusal = stream.push(reused, (frame) => frames.push(frame.toString("latin1")));
    reused.fill(0xee);
    if (refusal !== undefined) refusals.push(refusal);
    waitingBytesMax = Math.max(waitingBytesMax, stream.waitingBytes);
  }
  return { frames, refusals, waitingBytesMax, stream };
}

/** What stands in the bytes of a whole stream, found in the slowest and plainest way. */
function expected(framing: Framing, bytes: Buffer): { frames: string[]; refused: boolean } {
  const frames: string[] = [];
  let rest = bytes.toString("latin1");
  for (;;) {
    if (framing.name === "length") {
      if (rest.length < 4) return { frames, refused: false };
      const length = Buffer.from(rest.slice(0, 4), "latin1").readUInt32BE();
      if (length > FRAME_BYTES_MAX) return { frames, refused: true };
      if (rest.length < 4 + length) return { frames, refused: false };
      frames.push(rest.slice(4, 4 + length));
      rest = rest.slice(4 + length);
    } else {
      const end = rest.indexOf("\n");
      if (end < 0) return { frames, refused: rest.length > FRAME_BYTES_MAX + 1 };
      const line = rest.slice(0, end).replace(/\r$/, "");
      if (line.length > FRAME_BYTES_MAX) return { frames, refused: true };
      frames.push(line);
      rest = rest.slice(end + 1);
    }
  }
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let rest = bytes;
  for (const size of sizes) {
    chunks.push(rest.subarray(0, size));
    rest = rest.subarray(size);
  }
  return [...chunks, rest];
}

const framings = fc.constantFrom(LENGTH_FRAMING, LINE_FRAMING);
const sizes = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 20 });
const payload = fc.uint8Array({ maxLength: FRAME_BYTES_MAX + 2 }).map((bytes) => Buffer.from(bytes));
const payloads = fc.array(payload, { maxLength: 12 });
const change = fc.record({ at: fc.nat(600), to: fc.integer({ min: 0, max: 255 }) });
const changes = fc.array(change, { maxLength: 4 });

/** The frames in their envelopes, with some bytes changed. */
function mutated(
  framing: Framing,
  sent: readonly Buffer[],
  edits: readonly { at: number; to: number }[],
): Buffer {
  const bytes = Buffer.concat(sent.map((frame) => framing.encode(frame)));
  for (const { at, to } of edits) if (at < bytes.length) bytes[at] = to;
  return bytes;
}

describe("a stream of frames", () => {
  it("gives the same frames however it is cut, also with bytes changed on the way", () => {
    fc.assert(
      fc.property(framings, payloads, changes, sizes, (framing, sent, edits, cuts) => {
        const bytes = mutated(framing, sent, edits);
        const { frames, refusals } = read(framing, cut(bytes, cuts));
        assert.deepEqual({ frames, refused: refusals.length > 0 }, expected(framing, bytes));
        assert.ok(refusals.length <= 1, "refused more than once");
      }),
      { numRuns: 2_000 },
    );
  });

  it("of random bytes throws nothing and keeps no more than one frame may have", () => {
    const noise = fc.array(
      fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(framings, noise, (framing, chunks) => {
        const { frames, waitingBytesMax } = read(framing, chunks);
        assert.ok(waitingBytesMax <= framing.limits(FRAME_BYTES_MAX), `${waitingBytesMax} bytes wait`);
        assert.ok(frames.every((frame) => frame.length <= FRAME_BYTES_MAX));
      }),
      { numRuns: 1_000 },
    );
  });

  it("is read byte by byte", () => {
    for (const framing of Object.values(FRAMINGS)) {
      const bytes = Buffer.concat(["one", "", "three"].map((text) => framing.encode(Buffer.from(text))));
      const { frames } = read(framing, cut(bytes, Array<number>(bytes.length).fill(1)));
      assert.deepEqual(frames, ["one", "", "three"]);
    }
  });

  it("keeps the half of a frame, and nothing once the frame is whole", () => {
    const envelope = LENGTH_FRAMING.encode(Buffer.from("abcdef"));
    const { stream } = read(LENGTH_FRAMING, [envelope.subarray(0, 7)]);
    assert.equal(stream.waitingBytes, 7);
    stream.push(envelope.subarray(7), () => {});
    assert.equal(stream.waitingBytes, 0);
  });

  it("keeps the half of the next frame when a chunk ends within it", () => {
    const { frames, stream } = read(LINE_FRAMING, [Buffer.from("one\ntw"), Buffer.from("o\nthr")]);
    assert.deepEqual(frames, ["one", "two"]);
    assert.equal(stream.waitingBytes, 3);
  });

  it("says once why it cannot be read, and reads nothing more", () => {
    const { frames, refusals, stream } = read(LINE_FRAMING, [
      Buffer.from(`good\n${"x".repeat(FRAME_BYTES_MAX + 1)}\nlate\n`),
      Buffer.from("later\n"),
      Buffer.from("y".repeat(500)),
    ]);
    assert.deepEqual(frames, ["good"]);
    assert.deepEqual(refusals, ["a frame may have 40 bytes"]);
    assert.equal(stream.waitingBytes, 0);
  });

  it("refuses a huge length before anything of the frame has come", () => {
    const { refusals, waitingBytesMax } = read(LENGTH_FRAMING, [Buffer.from([0x7f, 0xff, 0xff, 0xff])]);
    assert.deepEqual([refusals.length, waitingBytesMax], [1, 0]);
  });

  it("hands over bytes that are no UTF-8 as they are", () => {
    const { frames } = read(LINE_FRAMING, [Buffer.from([0xff, 0xfe, 0xc3]), Buffer.from([0x0a])]);
    assert.deepEqual(frames, ["\u00ff\u00fe\u00c3"]);
  });

  it("gives out what it keeps, from which another stream comes to the same frames wherever the bytes are cut", () => {
    const several = fc.array(fc.stringMatching(/^[a-z]{0,30}$/), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        fc.constantFrom(LENGTH_FRAMING, LINE_FRAMING),
        several,
        fc.nat(),
        (framing, texts, place) => {
          const bytes = Buffer.concat(texts.map((text) => framing.encode(Buffer.from(text))));
          const middle = place % (bytes.length + 1);
          const before = read(framing, [bytes.subarray(0, middle)]);
          const unread = before.stream.takeWaiting();
          assert.equal(before.stream.waitingBytes, 0);
          const after = read(
            framing,
            [unread, bytes.subarray(middle)].filter(({ length }) => length > 0),
          );
          assert.deepEqual([...before.frames, ...after.frames], texts);
        },
      ),
    );
  });
});

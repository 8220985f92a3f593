import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { append, forget, kept, newHistory, since } from "../../../../actors/rooms/history.ts";
import type { History, HistoryBounds } from "../../../../actors/rooms/history.ts";

const BOUNDS: HistoryBounds = { size: 3, bytes: 100, ageMs: 1_000 };

function say(
  history: History,
  { bytes = 10, atMs = 0 }: { bytes?: number; atMs?: number } = {},
  bounds = BOUNDS,
): void {
  const offset = history.offset + 1;
  append(
    history,
    { publication: { room: "chat/a", offset, from: "Ada", data: offset, atMs }, bytes, atMs },
    bounds,
  );
}

const offsets = (publications: readonly { offset: number }[] | undefined) =>
  publications?.map(({ offset }) => offset);

describe("a room's history", () => {
  it("keeps the latest publications within each bound", () => {
    const bySize = newHistory();
    for (let count = 0; count < 5; count++) say(bySize);
    assert.deepEqual(offsets(kept(bySize)), [3, 4, 5]);

    const byBytes = newHistory();
    for (const bytes of [60, 60, 30]) say(byBytes, { bytes });
    assert.deepEqual([offsets(kept(byBytes)), byBytes.bytes], [[2, 3], 90]);

    const byAge = newHistory();
    for (const atMs of [0, 500, 1_200]) say(byAge, { atMs });
    assert.deepEqual(offsets(kept(byAge)), [2, 3]);
    forget(byAge, BOUNDS, 1_501);
    assert.deepEqual(offsets(kept(byAge)), [3]);
  });

  it("gives what came after an offset, and nothing when there is nothing", () => {
    const history = newHistory();
    assert.deepEqual(since(history, 0), []);
    for (let count = 0; count < 3; count++) say(history);
    assert.deepEqual(offsets(since(history, 0)), [1, 2, 3]);
    assert.deepEqual(offsets(since(history, 2)), [3]);
    assert.deepEqual(since(history, 3), []);
  });

  it("shows a gap when that is not kept any more or was never reached", () => {
    const history = newHistory();
    for (let count = 0; count < 5; count++) say(history);
    assert.equal(since(history, 1), undefined);
    assert.equal(since(history, 6), undefined);
    forget(history, BOUNDS, 5_000);
    assert.equal(since(history, 4), undefined);
    assert.deepEqual(since(history, 5), [], "who has everything misses nothing, even when nothing is kept");
  });

  it("never exceeds its bounds, has no hole, and tells recovered from lost rightly", () => {
    const said = fc.array(
      fc.record({ bytes: fc.integer({ min: 0, max: 120 }), afterMs: fc.integer({ min: 0, max: 800 }) }),
      {
        maxLength: 30,
      },
    );
    fc.assert(
      fc.property(said, fc.nat(35), (all, offset) => {
        const history = newHistory();
        let nowMs = 0;
        for (const { bytes, afterMs } of all) say(history, { bytes, atMs: (nowMs += afterMs) });
        const have = offsets(kept(history)) ?? [];
        assert.ok(have.length <= BOUNDS.size && history.bytes <= BOUNDS.bytes);
        assert.equal(history.offset, all.length);
        assert.deepEqual(
          have,
          Array.from(have, (_, index) => all.length - have.length + 1 + index),
        );
        const missed = Array.from(
          { length: Math.max(0, all.length - offset) },
          (_, index) => offset + 1 + index,
        );
        const canRecover = offset <= all.length && missed.every((one) => have.includes(one));
        assert.deepEqual(offsets(since(history, offset)), canRecover ? missed : undefined);
      }),
    );
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Publication, ServerFrames } from "../../../../protocols/client-frames.ts";
import {
  afterPublication,
  afterSubscribed,
  cutOff,
  EARLY_MAX,
  joining,
  newPosition,
  recoverFrom,
} from "../../../../runtime/client/room-position.ts";
import type { RoomPosition, Sight, Step } from "../../../../runtime/client/room-position.ts";

const publication = (offset: number, data: unknown = offset): Publication => ({
  room: "chat/lobby",
  offset,
  from: "Ash",
  data,
  atMs: 0,
});
const subscribed = (epoch: string, offset: number, offsets: number[] = []): ServerFrames["subscribed"] => ({
  kind: "subscribed",
  id: 1,
  room: "chat/lobby",
  epoch,
  offset,
  members: 1,
  recovered: true,
  publications: offsets.map((each) => publication(each)),
});
const seen = (step: Step): unknown[] =>
  step.sights.map((sight) => (sight.kind === "gap" ? sight.gap.reason : sight.publication.offset));
const liveAt = (offset: number, epoch = "a"): RoomPosition =>
  afterSubscribed(joining(newPosition()), subscribed(epoch, offset)).position;

test("a newcomer sees the history it is given, and no gap before it", () => {
  const step = afterSubscribed(joining(newPosition()), subscribed("a", 9, [7, 8, 9]));
  assert.deepEqual(seen(step), [7, 8, 9]);
  assert.deepEqual(recoverFrom(step.position), { epoch: "a", offset: 9 });
});

test("a publication that was shown is not shown again", () => {
  const first = afterPublication(liveAt(4), publication(5));
  assert.deepEqual(seen(first), [5]);
  assert.deepEqual(seen(afterPublication(first.position, publication(5))), []);
  assert.deepEqual(seen(afterPublication(first.position, publication(3))), []);
});

test("a hole is recovered before anything behind it is shown", () => {
  const hole = afterPublication(liveAt(4), publication(6));
  assert.deepEqual([seen(hole), hole.recover], [[], true]);
  const behind = afterPublication(hole.position, publication(7));
  assert.deepEqual([seen(behind), behind.recover], [[], false]);
  assert.deepEqual(seen(afterSubscribed(behind.position, subscribed("a", 6, [5, 6]))), [5, 6, 7]);
});

test("publications that overtake `subscribed` are kept back and shown after it", () => {
  const early = afterPublication(joining(newPosition()), publication(3)).position;
  assert.deepEqual(seen(afterSubscribed(early, subscribed("a", 2, [1, 2]))), [1, 2, 3]);
});

test("what the room no longer has is a gap that says how much is missing", () => {
  const step = afterSubscribed(joining(cutOff(liveAt(4))), subscribed("a", 20, [18, 19, 20]));
  assert.deepEqual(step.sights[0], { kind: "gap", gap: { reason: "missing", after: 4, missing: 13 } });
  assert.deepEqual(seen(step), ["missing", 18, 19, 20]);
});

test("a room without any history left admits a gap up to where it stands", () => {
  const step = afterSubscribed(joining(cutOff(liveAt(4))), subscribed("a", 6));
  assert.deepEqual(step.sights, [{ kind: "gap", gap: { reason: "missing", after: 4, missing: 2 } }]);
});

test("a new epoch is a visible gap, and its offsets count anew", () => {
  const step = afterSubscribed(joining(cutOff(liveAt(40))), subscribed("b", 2, [1, 2]));
  assert.deepEqual(seen(step), ["restarted", 1, 2]);
  assert.deepEqual(recoverFrom(step.position), { epoch: "b", offset: 2 });
});

test("a new epoch is no gap for who has seen nothing, when the room says that this is all", () => {
  const away = joining(cutOff(liveAt(0)));
  assert.deepEqual(seen(afterSubscribed(away, subscribed("b", 2, [1, 2]))), [1, 2]);
  const notAll = { ...subscribed("b", 2, [2]), recovered: false };
  assert.deepEqual(seen(afterSubscribed(away, notAll)), ["restarted", 2]);
});

test("a room that counts backwards has begun anew, whatever it calls its epoch", () => {
  assert.deepEqual(seen(afterSubscribed(joining(liveAt(40)), subscribed("a", 1, [1]))), ["restarted", 1]);
});

test("what was kept back across a restart is asked for again, since it does not name its epoch", () => {
  const kept = afterPublication(joining(liveAt(40)), publication(41)).position;
  const step = afterSubscribed(kept, subscribed("b", 0));
  assert.deepEqual([seen(step), step.recover, step.position.phase], [["restarted"], true, "joining"]);
});

test("publications that were kept back in any order are shown in theirs", () => {
  let position = joining(liveAt(4));
  for (const offset of [8, 6, 7]) position = afterPublication(position, publication(offset)).position;
  assert.deepEqual(seen(afterSubscribed(position, subscribed("a", 5, [5]))), [5, 6, 7, 8]);
  assert.deepEqual(cutOff(position).early, [], "after a cut the recovery brings them again");
});

test("nothing is shown while there is no subscription", () => {
  assert.deepEqual(seen(afterPublication(cutOff(liveAt(4)), publication(5))), []);
});

test("no more publications are kept back than the limit, and the lost ones are asked for", () => {
  let position = joining(liveAt(0));
  for (let offset = 1; offset <= EARLY_MAX + 10; offset++) {
    position = afterPublication(position, publication(offset)).position;
  }
  assert.equal(position.early.length, EARLY_MAX);
  const step = afterSubscribed(position, subscribed("a", 0));
  assert.deepEqual([step.sights.length, step.recover], [EARLY_MAX, true]);
});

/** What may happen to a reader between two subscriptions. */
type Happening =
  | { kind: "deliver"; offset: number }
  | { kind: "cut" }
  | { kind: "grow"; by: number }
  | { kind: "restart" };

/** A room with a bounded history, and a reader who is told anything of it in any order. */
class Scene {
  epoch = 1;
  offset = 0;
  position = newPosition();
  wantsToJoin = true;
  readonly sights: Sight[] = [];
  readonly #historyMax: number;

  constructor(historyMax: number) {
    this.#historyMax = historyMax;
  }

  happen(happening: Happening): void {
    if (happening.kind === "grow") this.offset += happening.by;
    if (happening.kind === "deliver" && happening.offset <= this.offset) {
      this.#take(afterPublication(this.position, publication(happening.offset, this.epoch)));
    }
    // A room that restarts cuts its members off: they hear of it no more until they join again.
    if (happening.kind === "restart") [this.epoch, this.offset] = [this.epoch + 1, 0];
    if (happening.kind === "cut" || happening.kind === "restart") {
      this.position = cutOff(this.position);
      this.wantsToJoin = true;
    }
  }

  join(): void {
    if (!this.wantsToJoin) return;
    this.wantsToJoin = false;
    const recover = recoverFrom(this.position);
    this.position = joining(this.position);
    const known = recover?.epoch === String(this.epoch);
    const from = Math.max(known ? recover.offset : 0, this.offset - this.#historyMax) + 1;
    const offsets = Array.from({ length: Math.max(0, this.offset - from + 1) }, (_, index) => from + index);
    const frame = subscribed(String(this.epoch), this.offset);
    const publications = offsets.map((offset) => publication(offset, this.epoch));
    this.#take(afterSubscribed(this.position, { ...frame, publications }));
  }

  #take(step: Step): void {
    this.position = step.position;
    this.sights.push(...step.sights);
    this.wantsToJoin ||= step.recover;
  }
}

test("whatever is lost, repeated or reordered, each offset is shown at most once, in order, and holes are admitted", () => {
  const happening = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant("deliver" as const),
        offset: fc.integer({ min: 1, max: 40 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant("grow" as const), by: fc.integer({ min: 1, max: 4 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("cut" as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart" as const) }) },
  );
  const joinOr = fc.oneof(
    { weight: 1, arbitrary: fc.constant("join" as const) },
    { weight: 3, arbitrary: happening },
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 6 }), fc.array(joinOr, { maxLength: 80 }), (historyMax, script) => {
      const scene = new Scene(historyMax);
      for (const line of script) {
        if (line === "join") scene.join();
        else scene.happen(line);
      }
      // Only a reconnect shows that the newest publication never came.
      scene.happen({ kind: "cut" });
      scene.join();
      scene.join();
      assert.equal(scene.wantsToJoin, false, "the reader comes to rest");
      assert.equal(scene.position.offset, scene.offset, "nothing that the room has is left out in the end");
      checkSights(scene.sights);
    }),
    { numRuns: 2000 },
  );
});

/** Within an epoch each offset follows the one before it, unless a gap of exactly that size stands between them. */
function checkSights(sights: readonly Sight[]): void {
  let expected: number | undefined;
  let epoch: unknown;
  for (const sight of sights) {
    if (sight.kind === "gap" && sight.gap.reason === "restarted") {
      expected = epoch = undefined;
    } else if (sight.kind === "gap" && sight.gap.reason === "missing") {
      assert.ok(sight.gap.missing > 0);
      if (expected !== undefined) assert.equal(sight.gap.after + 1, expected);
      expected = sight.gap.after + sight.gap.missing + 1;
    } else if (sight.kind === "publication") {
      assert.equal(sight.publication.offset, expected ?? sight.publication.offset);
      epoch ??= sight.publication.data;
      assert.equal(sight.publication.data, epoch, "no publication of another epoch without a gap");
      expected = sight.publication.offset + 1;
    }
  }
}

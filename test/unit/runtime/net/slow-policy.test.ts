import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SlowPolicy } from "../../../../protocols/channel.ts";
import type { ServerFrames } from "../../../../protocols/client-frames.ts";
import { Channel } from "../../../../runtime/net/channel.ts";
import { SendPaths } from "../../../support/fake-wire.ts";

const OUTBOUND_BYTES = 2_000;
/** The largest frame that these tests publish, in bytes. */
const FRAME_BYTES_MAX = 400;

const POLICIES = ["conflate", "dropOldest", "skipAndRecover"] as const satisfies SlowPolicy[];

type Publication = ServerFrames["publication"];

function publication(room: string, offset: number, size = 0): Publication {
  return { kind: "publication", room, offset, from: "Ash", data: "x".repeat(size), atMs: 0 };
}

/** A slow client that is a member of one channel. */
function slowMember(policy: SlowPolicy, outboundBytes = OUTBOUND_BYTES) {
  const paths = new SendPaths(outboundBytes);
  const client = paths.openSlow();
  const channel = new Channel("live/a", policy);
  channel.attach(client.outlet, undefined);
  const publish = (...offsets: readonly number[]): void => {
    for (const offset of offsets) channel.publish(publication("live/a", offset));
  };
  const drops = (): number => client.outlet.account().drops["live/a"] ?? 0;
  return { paths, ...client, channel, publish, drops };
}

/** What came of a room: the offsets of publications, and `skipped` as a negative one. */
function offsetsOf(frames: readonly unknown[], room: string): number[] {
  return (frames as (Publication | ServerFrames["skipped"] | ServerFrames["published"])[]).flatMap(
    (frame) => {
      if (frame.kind === "published" || frame.room !== room) return [];
      return frame.kind === "skipped" ? [-frame.offset] : [frame.offset];
    },
  );
}

const ROOMS = POLICIES.map((policy) => ({ policy, room: `live/${policy}` }));
const fates = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.record({ room: fc.nat(2), size: fc.nat(200) }) },
    { weight: 2, arbitrary: fc.constant("answer" as const) },
    { weight: 2, arbitrary: fc.constant("drain" as const) },
    { weight: 2, arbitrary: fc.constant("endTurn" as const) },
    { weight: 1, arbitrary: fc.constant("slower" as const) },
    { weight: 1, arbitrary: fc.constant("faster" as const) },
  ),
  { maxLength: 150 },
);
type Fate = typeof fates extends fc.Arbitrary<(infer F)[]> ? F : never;

/** One client in three rooms, one for each policy, and what it lived through. */
function live(steps: readonly Fate[], afterStep: (life: Life) => void = () => {}): Life {
  const life = newLife();
  const { paths, outlet, wire, channels, published } = life;
  for (const next of steps) {
    if (typeof next === "object") {
      const offset = (published[next.room] = (published[next.room] ?? 0) + 1);
      channels[next.room]?.publish(publication(channels[next.room]?.address ?? "", offset, next.size));
    } else if (next === "answer") {
      outlet.send({ kind: "published", id: life.answers, offset: life.answers++ });
    } else if (next === "drain") wire.drain();
    else if (next === "endTurn") paths.endTurn();
    else wire.slow = next === "slower";
    afterStep(life);
  }
  // In the end it catches up, and hears what it has missed.
  for (wire.slow = false; wire.drain() || paths.turnEnds.length > 0;) paths.endTurn();
  return life;
}

type Life = ReturnType<typeof newLife>;
function newLife() {
  const paths = new SendPaths(OUTBOUND_BYTES);
  const client = paths.open();
  const channels = ROOMS.map(({ policy, room }) => new Channel(room, policy));
  for (const channel of channels) channel.attach(client.outlet, undefined);
  return { paths, ...client, channels, published: [0, 0, 0], answers: 0 };
}

describe("publications to a client that is slow at times", () => {
  it("arrive or are counted, each exactly once, in order, between answers that all arrive", () => {
    fc.assert(
      fc.property(fates, (steps) => {
        const { wire, outlet, published, answers } = live(steps);
        const frames = wire.frames as { kind: string; id?: number }[];
        ROOMS.forEach(({ room }, index) => {
          const arrived = offsetsOf(frames, room).filter((offset) => offset > 0);
          const dropped = outlet.account().drops[room] ?? 0;
          assert.equal(arrived.length + dropped, published[index], `${room} lost or doubled some`);
          assert.deepEqual(
            arrived,
            [...new Set(arrived)].toSorted((a, b) => a - b),
            `${room} is out of order`,
          );
        });
        const ids = frames.flatMap(({ kind, id }) => (kind === "published" ? [id] : []));
        assert.deepEqual(
          ids,
          Array.from({ length: answers }, (_, id) => id),
        );
        assert.equal(outlet.account().bytesOut, wire.bytes.length);
        assert.equal(outlet.account().framesOut, frames.length);
      }),
      { numRuns: 300 },
    );
  });

  it("never fill more than the limit, apart from the latest of each conflated room", () => {
    fc.assert(
      fc.property(fates, (steps) => {
        const withoutAnswers = steps.filter((step) => step !== "answer");
        live(withoutAnswers, ({ outlet, wire }) => {
          const { bufferedBytes, state } = outlet.account();
          if (state === "open") return;
          assert.ok(bufferedBytes - wire.bufferedBytes <= OUTBOUND_BYTES + FRAME_BYTES_MAX);
        });
      }),
      { numRuns: 300 },
    );
  });

  it("end with the latest, or with the word that some were left out", () => {
    fc.assert(
      fc.property(fates, (steps) => {
        const { wire, published } = live(steps.filter((step) => step !== "answer"));
        const last = ROOMS.map(({ room }) => offsetsOf(wire.frames, room).at(-1) ?? 0);
        assert.deepEqual([last[0], last[1], Math.abs(last[2] ?? 0)], published);
      }),
      { numRuns: 300 },
    );
  });

  it("that are skipped leave a gap that is told of at its place, up to its last offset, and once", () => {
    fc.assert(
      fc.property(fates, (steps) => {
        const { wire } = live(steps);
        let next = 1;
        for (const offset of offsetsOf(wire.frames, "live/skipAndRecover")) {
          if (offset > 0) assert.equal(offset, next, "a gap of which nothing was said");
          else assert.ok(-offset >= next, "nothing was left out here");
          next = Math.abs(offset) + 1;
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("conflate", () => {
  it("keeps the latest for a slow client and counts the others", () => {
    const { wire, publish, drops } = slowMember("conflate");
    publish(1, 2, 3, 4);
    assert.equal(drops(), 3);
    wire.drainAll();
    assert.deepEqual(offsetsOf(wire.frames, "live/a"), [4]);
  });

  it("keeps the latest of each kind, so that a head count does not replace a word", () => {
    const { wire, channel, publish, drops } = slowMember("conflate");
    const left = (count: number): ServerFrames["left"] => ({
      kind: "left",
      room: "live/a",
      members: [],
      count,
    });
    publish(1);
    channel.publish(left(9));
    channel.publish(left(8));
    assert.equal(drops(), 1);
    wire.drainAll();
    assert.deepEqual(wire.frames, [publication("live/a", 1), left(8)]);
  });

  it("keeps the latest even when answers have filled all there is", () => {
    const { wire, outlet, publish, drops } = slowMember("conflate", 100);
    outlet.sendText("x".repeat(200));
    publish(1, 2);
    assert.equal(drops(), 1);
    wire.drainAll();
    assert.deepEqual(wire.frames.slice(1), [publication("live/a", 2)]);
  });

  it("does not count as dropped what has left already", () => {
    const { wire, publish, drops } = slowMember("conflate");
    publish(1);
    wire.drain();
    publish(2);
    wire.drainAll();
    assert.equal(drops(), 0);
    assert.deepEqual(offsetsOf(wire.frames, "live/a"), [1, 2]);
  });

  it("of one room replaces nothing of another", () => {
    const { wire, outlet, channel, publish } = slowMember("conflate");
    const other = new Channel("live/b", "conflate");
    other.attach(outlet, undefined);
    publish(1);
    other.publish(publication("live/b", 1));
    channel.publish(publication("live/a", 2));
    wire.drainAll();
    assert.deepEqual(wire.frames, [publication("live/b", 1), publication("live/a", 2)]);
  });
});

describe("dropOldest", () => {
  const frameBytes = JSON.stringify(publication("live/a", 1)).length + 1;

  it("keeps as many of the latest as there is room for and counts the others", () => {
    const { wire, publish, drops, outlet } = slowMember("dropOldest", 3 * frameBytes);
    publish(1, 2, 3);
    assert.equal(drops(), 0);
    publish(4, 5);
    assert.equal(drops(), 2);
    assert.equal(outlet.account().bufferedBytes - wire.bufferedBytes, 3 * frameBytes);
    wire.drainAll();
    assert.deepEqual(offsetsOf(wire.frames, "live/a"), [3, 4, 5]);
  });

  it("drops the new one when answers leave no room, and nothing of another room", () => {
    const { wire, outlet, publish, drops } = slowMember("dropOldest", 2 * frameBytes);
    const other = new Channel("live/b", "dropOldest");
    other.attach(outlet, undefined);
    other.publish(publication("live/b", 1));
    outlet.sendText("x".repeat(frameBytes));
    publish(1, 2);
    assert.equal(drops(), 2);
    wire.drainAll();
    assert.deepEqual(offsetsOf(wire.frames.slice(0, 1), "live/b"), [1]);
    assert.deepEqual(outlet.account().drops, { "live/a": 2 });
  });

  it("does not count as dropped what has left already", () => {
    const { wire, outlet, publish, drops } = slowMember("dropOldest", 2 * frameBytes);
    publish(1, 2);
    wire.drain();
    outlet.sendText("x".repeat(2 * frameBytes));
    publish(3);
    assert.equal(drops(), 1);
    wire.drainAll();
    assert.deepEqual(wire.frames.slice(0, 2), [publication("live/a", 1), publication("live/a", 2)]);
  });

  it("drops one that alone is larger than the limit, and those that made way for it", () => {
    const { wire, channel, publish, drops } = slowMember("dropOldest", 2 * frameBytes);
    publish(1, 2);
    channel.publish(publication("live/a", 3, 1_000));
    assert.equal(drops(), 3);
    publish(4);
    wire.drainAll();
    assert.deepEqual(offsetsOf(wire.frames, "live/a"), [4]);
  });
});

describe("skipAndRecover", () => {
  const frameBytes = JSON.stringify(publication("live/a", 1)).length + 1;

  it("leaves out all from the first that has no room, and says so after the client caught up", () => {
    const { paths, wire, publish, drops } = slowMember("skipAndRecover", 2 * frameBytes);
    publish(1, 2, 3, 4);
    assert.equal(drops(), 2);
    wire.drain();
    publish(5);
    assert.equal(drops(), 3, "went on before the client knew of the gap");
    wire.drainAll();
    paths.endTurn();
    publish(6);
    paths.endTurn();
    assert.deepEqual(offsetsOf(wire.frames, "live/a"), [1, 2, -5, 6]);
  });

  it("says it once", () => {
    const { paths, wire, publish, drops } = slowMember("skipAndRecover", frameBytes);
    publish(1, 2);
    wire.drainAll();
    paths.endTurn();
    wire.slow = true;
    publish(3);
    paths.endTurn();
    wire.drainAll();
    paths.endTurn();
    assert.deepEqual(offsetsOf(wire.frames, "live/a"), [1, -2, 3]);
    assert.equal(drops(), 1);
  });

  it("says nothing of a room that the client has left meanwhile", () => {
    const { paths, wire, outlet, channel, publish } = slowMember("skipAndRecover", frameBytes);
    publish(1, 2);
    channel.detach(outlet);
    wire.drainAll();
    paths.endTurn();
    assert.deepEqual(offsetsOf(wire.frames, "live/a"), [1]);
    assert.deepEqual(outlet.account().drops, { "live/a": 1 });
  });

  it("begins anew for a client that subscribes again while it is slow", () => {
    const { paths, wire, outlet, channel, publish } = slowMember("skipAndRecover", 4 * frameBytes);
    publish(1, 2, 3, 4, 5);
    channel.detach(outlet);
    wire.drain();
    channel.attach(outlet, { kind: "unsubscribed", id: 1, room: "live/a" });
    publish(6);
    wire.drainAll();
    paths.endTurn();
    assert.deepEqual(
      wire.frames.map((frame) => (frame as Publication).offset ?? "first"),
      [1, 2, 3, 4, "first", 6],
    );
  });
});

describe("a client that never quite keeps up", () => {
  for (const policy of POLICIES) {
    it(`is not remembered everything that it was ever sent (${policy})`, () => {
      const { wire, outlet, channel, publish, drops } = slowMember(policy);
      for (let offset = 1; offset <= 2_000; offset++) {
        publish(offset);
        wire.drain();
        assert.equal(outlet.account().state, "congested");
      }
      assert.equal(drops(), 0);
      const remembered = outlet.membershipIn(channel)?.waiting?.length ?? 0;
      assert.ok(remembered <= 30, `${remembered} publications are remembered, and at most one waits`);
    });
  }
});

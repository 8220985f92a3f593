import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SlowPolicy } from "../../../../protocols/channel.ts";
import type { ServerFrames } from "../../../../protocols/client-frames.ts";
import { Channel } from "../../../../runtime/net/channel.ts";
import { Outlet } from "../../../../runtime/net/outlet.ts";
import { FakeWire, SendPaths } from "../../../support/fake-wire.ts";

const OUTBOUND_BYTES = 800;
const ROOM = "live/a";
const CLIENTS = 3;
const NOTHING = Buffer.alloc(0);

type Frame = ServerFrames["publication"] | ServerFrames["skipped"];

const publication = (offset: number, size: number): Frame => ({
  kind: "publication",
  room: ROOM,
  offset,
  from: "Ash",
  data: "x".repeat(size),
  atMs: 0,
});

/** What may happen to a room and its members in one process. */
const client = fc.nat(CLIENTS - 1);
const inOneProcess = [
  { weight: 10, arbitrary: fc.record({ act: fc.constant("publish" as const), size: fc.nat(200) }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant("slower" as const), client }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("faster" as const), client }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("drain" as const), client }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant("endTurn" as const) }) },
];
const steps = fc.array(fc.oneof(...inOneProcess), { maxLength: 60, size: "max" });
const stepsOfMove = fc.array(
  fc.oneof(...inOneProcess, {
    weight: 2,
    arbitrary: fc.record({ act: fc.constant("arrive" as const), client }),
  }),
  { maxLength: 80, size: "max" },
);
type Step = typeof stepsOfMove extends fc.Arbitrary<(infer S)[]> ? S : never;

/** A client's socket, in whichever process it is. */
interface Client {
  outlet: Outlet;
  wire: FakeWire;
  /** What it has read in the process before. */
  before: Buffer;
  hasMoved: boolean;
}

/** A room whose members move from one process to another while it goes on. */
class MovingRoom {
  readonly clients: readonly Client[];
  readonly #old = new SendPaths(OUTBOUND_BYTES);
  readonly #new = new SendPaths(OUTBOUND_BYTES);
  readonly #policy: SlowPolicy;
  #channel: Channel;
  offset = 0;

  constructor(policy: SlowPolicy) {
    this.#policy = policy;
    const channel = (this.#channel = new Channel(ROOM, policy));
    this.clients = Array.from({ length: CLIENTS }, () => {
      const ends = this.#old.open();
      channel.attach(ends.outlet, undefined);
      return { ...ends, before: NOTHING, hasMoved: false };
    });
  }

  /** The room goes on in the other process; its members are still here. */
  move(): void {
    this.#channel = new Channel(ROOM, this.#policy);
    this.#channel.remember();
  }

  step(next: Step): void {
    switch (next.act) {
      case "publish":
        return this.#channel.publish(publication(++this.offset, next.size));
      case "endTurn":
        this.#old.endTurn();
        return this.#new.endTurn();
      case "arrive":
        return this.#arrive(this.#at(next.client));
      case "drain":
        return void this.#at(next.client).wire.drain();
      default:
        this.#at(next.client).wire.slow = next.act === "slower";
    }
  }

  /** Everybody comes and reads to the end. */
  end(): void {
    for (const one of this.clients) this.#arrive(one);
    this.#channel.forget();
    for (const { wire } of this.clients) wire.slow = false;
    for (const { wire } of this.clients) for (this.#new.endTurn(); wire.drain();) this.#new.endTurn();
  }

  /** What a client has read, in both processes. */
  framesOf({ before, wire }: Client): Frame[] {
    const lines = Buffer.concat([before, wire.bytes]).toString().split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Frame);
  }

  #arrive(one: Client): void {
    if (one.hasMoved) return;
    const { pieces, passed } = one.outlet.takeUnsent();
    const wire = new FakeWire();
    wire.slow = one.wire.slow;
    const parts = { address: "client", wire, format: this.#new.format, share: this.#new.share };
    const outlet = new Outlet({ ...parts, before: passed });
    // The wire of the test has taken all that was written to it.
    outlet.sendFirst(NOTHING, pieces);
    Object.assign(one, { outlet, wire, before: one.wire.bytes, hasMoved: true });
    this.#channel.resume(outlet);
  }

  #at(index: number): Client {
    const found = this.clients[index];
    assert.ok(found !== undefined);
    return found;
  }
}

function live(policy: SlowPolicy, before: readonly Step[], during: readonly Step[]): MovingRoom {
  const room = new MovingRoom(policy);
  for (const step of before) room.step(step);
  room.move();
  for (const step of during) room.step(step);
  room.end();
  return room;
}

describe("members of a room that moves to another process", () => {
  it("each read every publication once and in order, or are told of what was left out", () => {
    fc.assert(
      fc.property(steps, stepsOfMove, (before, during) => {
        const room = live("skipAndRecover", before, during);
        for (const one of room.clients) {
          let next = 1;
          for (const { kind, offset } of room.framesOf(one)) {
            if (kind === "publication") assert.equal(offset, next, "a gap of which nothing was said");
            else assert.ok(offset >= next, "nothing was left out here");
            next = offset + 1;
          }
          assert.equal(next, room.offset + 1, "the end was not reached");
        }
      }),
      { numRuns: 300 },
    );
  });

  for (const policy of ["conflate", "dropOldest"] as const) {
    it(`read in order what ${policy} leaves, the rest is counted across the move`, () => {
      fc.assert(
        fc.property(steps, stepsOfMove, (before, during) => {
          const room = live(policy, before, during);
          for (const one of room.clients) {
            const offsets = room.framesOf(one).map(({ offset }) => offset);
            assert.deepEqual(
              offsets,
              [...new Set(offsets)].toSorted((a, b) => a - b),
            );
            const dropped = one.outlet.account().drops[ROOM] ?? 0;
            assert.equal(offsets.length + dropped, room.offset);
            // What had waited before the move is dropped no more, so the latest may find no room behind it.
            if (policy === "dropOldest") continue;
            assert.equal(offsets.at(-1) ?? 0, room.offset, "the latest is missing");
          }
        }),
        { numRuns: 200 },
      );
    });
  }
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as endOfTurn } from "node:timers/promises";
import { Fault } from "../../../../../runtime/fault.ts";
import { Courier } from "../../../../../runtime/net/hand-over/courier.ts";
import { depart } from "../../../../../runtime/net/hand-over/departure.ts";
import type { DepartureEnd, DepartureParts } from "../../../../../runtime/net/hand-over/departure.ts";
import { unpack } from "../../../../../runtime/net/hand-over/moved-connection.ts";
import { FakePeer } from "../../../../support/fake-peer.ts";
import { SendPaths } from "../../../../support/fake-wire.ts";
import { leavingGuest } from "../../../../support/leaving-guest.ts";
import type { LeavingGuest } from "../../../../support/leaving-guest.ts";

const HANDED_OVER = { kind: "handedOver", data: { rooms: ["lobby"] } };

/** A client that is to go to another process, whose actor answers as the test says. */
class Departing {
  readonly paths = new SendPaths();
  readonly peer = new FakePeer();
  readonly courier = new Courier(this.peer);
  readonly client: LeavingGuest;
  asked = 0;

  constructor(isSlow = false) {
    this.client = leavingGuest(this.paths, "c-1", isSlow);
  }

  depart(answer: () => unknown = () => HANDED_OVER): Promise<DepartureEnd> {
    const ask = (): unknown => {
      this.asked++;
      return Promise.resolve().then(answer);
    };
    const system = { ask } as unknown as DepartureParts["system"];
    return depart(this.client.guest, "web", { system, courier: this.courier });
  }
}

describe("a connection that departs", () => {
  it("has moved once the other process says that it is there", async () => {
    const departing = new Departing();
    let end: DepartureEnd | undefined;
    const departed = departing.depart().then((given) => (end = given));
    await endOfTurn();
    assert.equal(end, undefined);
    departing.courier.attached(["c-1"]);
    assert.equal(await departed, "moved");
    assert.equal(departing.client.handle.isClosed, true);
    assert.equal(departing.client.wire.closedFor, undefined, "its client was told something");
  });

  it("takes along who it is, what was read, what is still to be written, and what its actor hands over", async () => {
    const departing = new Departing(true);
    const { outlet, traffic } = departing.client.guest;
    traffic.frame(Buffer.from("hello"), false);
    traffic.readEnded();
    outlet.sendText("waits");
    const before = outlet.account();
    void departing.depart();
    await endOfTurn();
    const [word, tail] = departing.peer.take() as { kind: string; packed: Uint8Array; hasTail: boolean }[];
    const { unread, unsent, ...moved } = unpack(word!.packed);
    assert.deepEqual([Buffer.from(unread).toString(), unsent.map(String)], ["half a fra", ["waits\n"]]);
    assert.deepEqual(moved, {
      listener: "web",
      id: "c-1",
      route: "/echo",
      search: "?from=here",
      address: "10.0.0.7",
      clientPort: 40_000,
      member: { id: "m-1", name: "Ash" },
      wire: { kind: "tcp", framing: "line" },
      traffic: {
        bytesIn: 5,
        framesIn: 1,
        credit: moved.traffic.credit,
        bytesOut: before.bytesOut,
        framesOut: before.framesOut,
        drops: {},
      },
      actor: HANDED_OVER.data,
    });
    assert.deepEqual(
      [word!.hasTail, tail!.kind],
      [true, "tail"],
      "what its socket had not taken is not told",
    );
  });

  it("reads nothing more from before its actor is asked", async () => {
    const departing = new Departing();
    let wasPaused = false;
    void departing.depart(() => {
      wasPaused = departing.client.wire.readingPaused;
      return HANDED_OVER;
    });
    await endOfTurn();
    assert.equal(wasPaused, true);
  });

  it("is left alone when it has ended by itself, or its client has begun to end it", async () => {
    const [ended, ending] = [new Departing(), new Departing()];
    ended.client.guest.outlet.ended();
    ending.client.wire.isWhole = false;
    for (const departing of [ended, ending]) {
      assert.equal(await departing.depart(), "gone");
      assert.deepEqual([departing.asked, departing.peer.take()], [0, []]);
    }
  });

  it("is left alone when its client ends it while its actor is asked, or its actor has stopped", async () => {
    const [ending, stopped] = [new Departing(), new Departing()];
    const ends = [
      await ending.depart(() => {
        ending.client.wire.isWhole = false;
        return HANDED_OVER;
      }),
      await stopped.depart(() => Promise.reject(new Fault("actorGone"))),
    ];
    assert.deepEqual(ends, ["gone", "gone"]);
    for (const { client, peer } of [ending, stopped]) {
      assert.deepEqual([client.wire.closedFor, peer.take()], [undefined, []]);
    }
  });

  it("is left alone when its socket cannot be given up any more", async () => {
    const departing = new Departing();
    departing.client.wire.released = undefined;
    assert.equal(await departing.depart(), "gone");
    assert.deepEqual(departing.peer.take(), []);
  });

  it("is told to come back when its actor does not answer in time", async () => {
    const departing = new Departing();
    assert.equal(await departing.depart(() => Promise.reject(new Fault("askTimeout"))), "lost");
    assert.deepEqual(departing.client.wire.closedFor, {
      reason: "draining",
      text: "it could not be moved",
    });
    assert.deepEqual(departing.peer.take(), []);
  });

  it("is told to come back when nobody knows what its socket has not taken", async () => {
    const departing = new Departing();
    // Written past the outlet, such as the answer to a ping.
    departing.client.wire.bufferedBytes = 10;
    assert.equal(await departing.depart(), "lost");
    assert.equal(departing.client.wire.closedFor?.reason, "draining");
    assert.deepEqual(departing.peer.take(), []);
  });
});

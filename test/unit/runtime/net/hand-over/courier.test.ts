import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as endOfTurn } from "node:timers/promises";
import { Courier } from "../../../../../runtime/net/hand-over/courier.ts";
import type { Parcel } from "../../../../../runtime/net/hand-over/courier.ts";
import { pack } from "../../../../../runtime/net/hand-over/moved-connection.ts";
import { FakeHandle, FakePeer, movedConnection } from "../../../../support/fake-peer.ts";

function parcel(id: string, latest = ""): Parcel & { readonly handle: FakeHandle } {
  return { moved: movedConnection(id), handle: new FakeHandle(), latest: Buffer.from(latest) };
}

describe("the courier", () => {
  it("keeps its copy of a handle until the other process says that it is there", async () => {
    const peer = new FakePeer();
    const courier = new Courier(peer);
    const { moved, handle, latest } = parcel("c-1");
    let hasArrived = false;
    const sending = courier.send({ moved, handle, latest }).then(() => (hasArrived = true));
    await endOfTurn();
    assert.deepEqual(peer.sent, [
      { data: { kind: "connection", id: "c-1", packed: pack(moved), hasTail: false }, handle },
    ]);
    assert.deepEqual([hasArrived, handle.isClosed], [false, false]);
    courier.attached(["c-1"]);
    await sending;
    assert.equal(handle.isClosed, true);
  });

  it("sends what the socket has not taken after its handle, as it is when the handle is closed here", async () => {
    const peer = new FakePeer();
    const courier = new Courier(peer);
    const { moved, handle, latest } = parcel("c-1", "0123456789");
    handle.writeQueueSize = 9;
    // While the handle is on its way the client reads on.
    peer.onSend = () => (handle.writeQueueSize = 4);
    const sending = courier.send({ moved, handle, latest });
    await endOfTurn();
    assert.equal(handle.isClosed, true);
    assert.deepEqual(
      peer.sent.map(({ data }) => data),
      [
        { kind: "connection", id: "c-1", packed: pack(moved), hasTail: true },
        { kind: "tail", id: "c-1", bytes: Buffer.from("6789") },
      ],
    );
    courier.attached(["c-1"]);
    await sending;
  });

  it("says also that the socket has taken everything", async () => {
    const peer = new FakePeer();
    const { moved, handle, latest } = parcel("c-1", "0123456789");
    void new Courier(peer).send({ moved, handle, latest });
    await endOfTurn();
    assert.deepEqual(peer.sent[1]?.data, { kind: "tail", id: "c-1", bytes: Buffer.alloc(0) });
  });

  it("brings home what has not arrived when nobody takes it, also what is sent later", async () => {
    const courier = new Courier(new FakePeer());
    const [there, underWay, cut, late] = [parcel("a"), parcel("b"), parcel("c", "tail"), parcel("d")];
    const sent = [there, underWay, cut].map((each) => courier.send(each));
    await endOfTurn();
    courier.attached(["a"]);
    const home: string[] = [];
    courier.returnTo(({ moved }) => void home.push(moved.id));
    await Promise.all(sent);
    await courier.send(late);
    // The handle of "c" is closed here.
    assert.deepEqual(home, ["b", "d"]);
    courier.attached(["b"]);
    assert.equal(underWay.handle.isClosed, false);
  });

  it("brings a slow reader home as long as its handle is open here", async () => {
    const peer = new FakePeer();
    const courier = new Courier(peer);
    const slow = parcel("slow", "tail");
    const home: string[] = [];
    // The other process dies while the handle is on its way.
    peer.onSend = () => courier.returnTo(({ moved }) => void home.push(moved.id));
    await courier.send(slow);
    assert.deepEqual([home, slow.handle.isClosed], [["slow"], false]);
  });

  it("sends a large connection ahead of its handle, when nothing else is on the way", async () => {
    const peer = new FakePeer();
    const courier = new Courier(peer);
    const large = { ...movedConnection("large"), unread: Buffer.alloc(20_000) };
    const kinds = (): string[] => peer.take().map((word) => (word as { kind: string }).kind);
    const sent = [
      courier.send(parcel("a")),
      courier.send({ ...parcel("large"), moved: large }),
      courier.send(parcel("b")),
    ];
    await endOfTurn();
    assert.deepEqual(kinds(), ["connection"]);
    courier.attached(["a"]);
    await endOfTurn();
    assert.deepEqual(peer.take(), [
      { kind: "large", id: "large", packed: pack(large) },
      { kind: "connection", id: "large", packed: undefined, hasTail: false },
    ]);
    courier.attached(["large"]);
    await endOfTurn();
    assert.deepEqual(kinds(), ["connection"]);
    courier.attached(["b"]);
    await Promise.all(sent);
  });

  it("lets a slow reader's rest go alone too, one client after the other", async () => {
    const peer = new FakePeer();
    const courier = new Courier(peer);
    const [one, other] = [parcel("one", "x".repeat(20_000)), parcel("other", "y".repeat(20_000))];
    one.handle.writeQueueSize = other.handle.writeQueueSize = 15_000;
    const sent = [courier.send(one), courier.send(other)];
    await endOfTurn();
    const told = peer.take() as { kind: string; id: string }[];
    assert.deepEqual(
      told.map(({ kind, id }) => `${kind} ${id}`),
      ["large one", "connection one", "tail one"],
    );
    courier.attached(["one"]);
    await endOfTurn();
    assert.equal(peer.take().length, 3);
    courier.attached(["other"]);
    await Promise.all(sent);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as endOfTurn } from "node:timers/promises";
import { Adoption } from "../../../../../runtime/net/hand-over/adoption.ts";
import type { MovedConnection } from "../../../../../runtime/net/hand-over/moved-connection.ts";
import type { RawHandle } from "../../../../../runtime/net/hand-over/raw-handle.ts";
import type { Port } from "../../../../../runtime/net/port.ts";
import { LogRecord } from "../../../../support/log-record.ts";
import { FakeHandle, FakePeer, movedConnection } from "../../../../support/fake-peer.ts";

/** A process that takes over with one port, which knows one route. */
function takingOver(begin: () => Promise<void> = async () => {}) {
  const peer = new FakePeer();
  const log = new LogRecord();
  const adopted: { id: string; handle: RawHandle; latest: string }[] = [];
  const idle: RawHandle[] = [];
  const port = {
    name: "web",
    adopt(moved: MovedConnection, handle: RawHandle, latest: Buffer) {
      adopted.push({ id: moved.id, handle, latest: latest.toString() });
      return moved.listener === "web";
    },
    httpSockets: { accept: (handle: RawHandle) => idle.push(handle) === 1 },
  } as unknown as Port;
  const adoption = new Adoption({ peer, begin, ports: () => [port], log });
  return { peer, log, adopted, idle, adoption };
}

const estate = { kind: "heirlooms", heirlooms: [], keepsakes: [] } as const;

describe("a process that takes over", () => {
  it("says that it serves once it has what comes first", async () => {
    const seen: string[] = [];
    const { peer } = takingOver(async () => {
      await endOfTurn();
      seen.push("begun");
    });
    peer.says(estate);
    assert.deepEqual(peer.take(), []);
    await endOfTurn();
    await endOfTurn();
    assert.deepEqual([seen, peer.take()], [["begun"], [{ kind: "serving" }]]);
  });

  it("fails when it cannot begin", async () => {
    const { peer, adoption } = takingOver(() => Promise.reject(new Error("the port is in use")));
    peer.says(estate);
    await assert.rejects(adoption.untilAllCame(), /in use/);
    assert.deepEqual(peer.take(), []);
  });

  it("takes connections as they come, and tells of those of one turn together", async () => {
    const { peer, adopted, adoption } = takingOver();
    const [one, other] = [new FakeHandle(), new FakeHandle()];
    peer.says({ kind: "connection", moved: movedConnection("a"), hasTail: false }, one);
    peer.says({ kind: "connection", moved: movedConnection("b"), hasTail: false }, other);
    assert.deepEqual(adopted, [
      { id: "a", handle: one, latest: "" },
      { id: "b", handle: other, latest: "" },
    ]);
    await endOfTurn();
    assert.deepEqual(peer.take(), [{ kind: "attached", ids: ["a", "b"] }]);
    peer.says({ kind: "end" });
    assert.equal(await adoption.untilAllCame(), 2);
  });

  it("waits with a slow reader for what its socket had not taken", () => {
    const { peer, adopted } = takingOver();
    const handle = new FakeHandle();
    peer.says({ kind: "connection", moved: movedConnection("a"), hasTail: true }, handle);
    assert.deepEqual(adopted, []);
    peer.says({ kind: "tail", id: "a", bytes: new Uint8Array(Buffer.from("rest")) });
    assert.deepEqual(adopted, [{ id: "a", handle, latest: "rest" }]);
  });

  it("has a client that it has no listener for sent away, does not count it, and says so", async () => {
    const { peer, log, adopted, adoption } = takingOver();
    peer.says({ kind: "connection", moved: movedConnection("a", "gone"), hasTail: false }, new FakeHandle());
    assert.equal(adopted.length, 1);
    peer.says({ kind: "end" });
    assert.equal(await adoption.untilAllCame(), 0);
    assert.deepEqual(
      log.lines.map(({ event }) => event),
      ["handOver.connectionUnfit"],
    );
  });

  it("goes on with idle sockets, and closes those that nobody takes", () => {
    const { peer, idle } = takingOver();
    const [taken, late, unknown] = [new FakeHandle(), new FakeHandle(), new FakeHandle()];
    peer.says({ kind: "idle", listener: "web" }, taken);
    peer.says({ kind: "idle", listener: "web" }, late);
    peer.says({ kind: "idle", listener: "gone" }, unknown);
    assert.deepEqual(idle, [taken, late]);
    assert.deepEqual(
      [taken, late, unknown].map(({ isClosed }) => isClosed),
      [false, true, true],
    );
  });

  it("is done when the other one is gone, and closes what came only half", async () => {
    const { peer, adopted, adoption } = takingOver();
    const handle = new FakeHandle();
    peer.says({ kind: "connection", moved: movedConnection("a"), hasTail: true }, handle);
    adoption.end();
    assert.equal(await adoption.untilAllCame(), 0);
    assert.deepEqual([adopted.length, handle.isClosed], [0, true]);
  });

  it("says that a connection has come whose socket was closed on the way", async () => {
    const { peer, adopted } = takingOver();
    peer.says({ kind: "connection", moved: movedConnection("a"), hasTail: false });
    await endOfTurn();
    assert.deepEqual([adopted.length, peer.take()], [0, [{ kind: "attached", ids: ["a"] }]]);
  });
});

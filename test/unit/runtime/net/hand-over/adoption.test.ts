import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as endOfTurn } from "node:timers/promises";
import { Adoption } from "../../../../../runtime/net/hand-over/adoption.ts";
import type { MovedConnection } from "../../../../../runtime/net/hand-over/moved-connection.ts";
import { pack } from "../../../../../runtime/net/hand-over/moved-connection.ts";
import type { RawHandle } from "../../../../../runtime/net/hand-over/raw-handle.ts";
import type { Port } from "../../../../../runtime/net/port.ts";
import { VirtualClock } from "../../../../../runtime/time/virtual-clock.ts";
import { LogRecord } from "../../../../support/log-record.ts";
import { FakeHandle, FakePeer, movedConnection } from "../../../../support/fake-peer.ts";

/** A process that takes over with one port, which knows one route. */
function takingOver(begin: () => Promise<void> = async () => {}) {
  const peer = new FakePeer();
  const log = new LogRecord();
  const clock = new VirtualClock();
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
  const adoption = new Adoption({ peer, begin, ports: () => [port], log, clock });
  /** Lets a connection come with its handle. */
  const brings = (id: string, handle?: RawHandle, hasTail = false, listener = "web"): void =>
    peer.says({ kind: "connection", id, packed: pack(movedConnection(id, listener)), hasTail }, handle);
  return { peer, log, adopted, idle, adoption, clock, brings };
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

  it("brings to an end what it has begun when the other one dies meanwhile, and begins nothing after that", async () => {
    const seen: string[] = [];
    const { peer, adoption } = takingOver(async () => {
      await endOfTurn();
      seen.push("begun");
    });
    peer.says(estate);
    adoption.end();
    peer.says(estate);
    await adoption.untilAllCame();
    assert.deepEqual(seen, ["begun"], "once, and before the end");
    await endOfTurn();
    assert.deepEqual([seen, peer.take()], [["begun"], [{ kind: "serving" }]]);
  });

  it("takes connections as they come, and tells a moment later of all that have come", async () => {
    const { peer, adopted, adoption, clock, brings } = takingOver();
    const [one, other] = [new FakeHandle(), new FakeHandle()];
    brings("a", one);
    clock.advance(9);
    brings("b", other);
    assert.deepEqual(adopted, [
      { id: "a", handle: one, latest: "" },
      { id: "b", handle: other, latest: "" },
    ]);
    assert.deepEqual(peer.take(), []);
    clock.advance(1);
    assert.deepEqual(peer.take(), [{ kind: "attached", ids: ["a", "b"] }]);
    peer.says({ kind: "end" });
    assert.equal(await adoption.untilAllCame(), 2);
  });

  it("tells at once when many have come", () => {
    const { peer, clock, brings } = takingOver();
    for (let index = 0; index < 40; index++) brings(`c-${index}`, new FakeHandle());
    const told = (): number[] => (peer.take() as { ids: string[] }[]).map(({ ids }) => ids.length);
    assert.deepEqual(told(), [32]);
    clock.advance(10);
    assert.deepEqual(told(), [8]);
  });

  it("tells at once of one that came ahead of its handle, for which others wait", () => {
    const { peer, adopted } = takingOver();
    const handle = new FakeHandle();
    peer.says({ kind: "large", id: "a", packed: pack(movedConnection("a")) });
    assert.deepEqual(adopted, []);
    peer.says({ kind: "connection", id: "a", packed: undefined, hasTail: false }, handle);
    assert.deepEqual(adopted, [{ id: "a", handle, latest: "" }]);
    assert.deepEqual(peer.take(), [{ kind: "attached", ids: ["a"] }]);
  });

  it("waits with a slow reader for what its socket had not taken", () => {
    const { peer, adopted, brings } = takingOver();
    const handle = new FakeHandle();
    brings("a", handle, true);
    assert.deepEqual(adopted, []);
    peer.says({ kind: "tail", id: "a", bytes: new Uint8Array(Buffer.from("rest")) });
    assert.deepEqual(adopted, [{ id: "a", handle, latest: "rest" }]);
    assert.deepEqual(peer.take(), [{ kind: "attached", ids: ["a"] }]);
  });

  it("has a client that it has no listener for sent away, does not count it, and says so", async () => {
    const { peer, log, adopted, adoption, brings } = takingOver();
    brings("a", new FakeHandle(), false, "gone");
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
    const { adopted, adoption, brings } = takingOver();
    const handle = new FakeHandle();
    brings("a", handle, true);
    adoption.end();
    assert.equal(await adoption.untilAllCame(), 0);
    assert.deepEqual([adopted.length, handle.isClosed], [0, true]);
  });

  it("says that a connection has come whose socket was closed on the way", () => {
    const { peer, adopted, clock, brings } = takingOver();
    brings("a");
    clock.advance(10);
    assert.deepEqual([adopted.length, peer.take()], [0, [{ kind: "attached", ids: ["a"] }]]);
  });
});

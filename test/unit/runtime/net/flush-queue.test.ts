import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FlushQueue } from "../../../../runtime/net/flush-queue.ts";

/** A queue, the ends of turns it asked for, and the names of the sockets it flushed. */
function flushing() {
  const turnEnds: (() => void)[] = [];
  const flushed: string[] = [];
  const queue = new FlushQueue((task) => void turnEnds.push(task));
  const socket = (name: string, onFlush?: () => void) => ({
    flush: () => {
      flushed.push(name);
      onFlush?.();
    },
  });
  const endTurn = (): void => {
    for (const task of turnEnds.splice(0)) task();
  };
  return { queue, turnEnds, flushed, socket, endTurn };
}

describe("flushing", () => {
  it("sends a lone reply at the end of the read that caused it, without a task of its own", () => {
    const { queue, turnEnds, flushed, socket } = flushing();
    const asking = socket("asking");
    queue.readBegan();
    queue.add(asking);
    assert.deepEqual(flushed, [], "before the read was over");
    queue.readEnded(asking);
    assert.deepEqual(flushed, ["asking"]);
    assert.equal(turnEnds.length, 0);
  });

  it("sends what a read caused for several sockets at the end of the turn, each once", () => {
    const { queue, turnEnds, flushed, socket, endTurn } = flushing();
    const [first, second] = [socket("first"), socket("second")];
    queue.readBegan();
    queue.add(first);
    queue.add(second);
    queue.readEnded(first);
    assert.deepEqual(flushed, []);
    assert.equal(turnEnds.length, 1);
    endTurn();
    assert.deepEqual(flushed, ["first", "second"]);
    endTurn();
    assert.equal(flushed.length, 2);
  });

  it("sends a lone reply to somebody else at the end of the turn", () => {
    const { queue, flushed, socket, endTurn } = flushing();
    queue.readBegan();
    queue.add(socket("other"));
    queue.readEnded(socket("reader"));
    assert.deepEqual(flushed, []);
    endTurn();
    assert.deepEqual(flushed, ["other"]);
  });

  it("sends a lone reply at the end of its read also while other sockets wait for the end of the turn", () => {
    const { queue, flushed, socket, endTurn } = flushing();
    const reader = socket("reader");
    queue.add(socket("earlier"));
    queue.readBegan();
    queue.add(reader);
    queue.readEnded(reader);
    assert.deepEqual(flushed, ["reader"]);
    endTurn();
    assert.deepEqual(flushed, ["reader", "earlier"]);
  });

  it("lets a socket wait on that already waits, whatever its read adds", () => {
    const { queue, flushed, socket, endTurn } = flushing();
    const member = socket("member");
    queue.add(member);
    queue.readBegan();
    queue.readEnded(member);
    assert.deepEqual(flushed, []);
    endTurn();
    assert.deepEqual(flushed, ["member"]);
  });

  it("asks for one end of turn, however many sockets there are and however many reads", () => {
    const { queue, turnEnds, flushed, socket, endTurn } = flushing();
    for (let index = 0; index < 3; index++) queue.add(socket("timer"));
    for (let index = 0; index < 3; index++) {
      queue.readBegan();
      queue.add(socket("member"));
      queue.readEnded(socket("reader"));
    }
    assert.equal(turnEnds.length, 1);
    endTurn();
    assert.equal(flushed.length, 6);
  });

  it("asks for an end of turn again in the next one", () => {
    const { queue, turnEnds, flushed, socket, endTurn } = flushing();
    for (const name of ["one", "two", "three"]) {
      queue.add(socket(name));
      assert.equal(turnEnds.length, 1);
      endTurn();
    }
    assert.deepEqual(flushed, ["one", "two", "three"]);
  });

  it("asks for nothing at the end of a read that caused nothing", () => {
    const { queue, turnEnds, socket } = flushing();
    queue.readBegan();
    queue.readEnded(socket("reader"));
    assert.equal(turnEnds.length, 0);
  });

  it("keeps what is added while it flushes for the end of another turn", () => {
    const { queue, turnEnds, flushed, socket, endTurn } = flushing();
    const late = socket("late");
    queue.add(socket("first", () => queue.add(late)));
    queue.add(socket("second"));
    endTurn();
    assert.deepEqual(flushed, ["first", "second"]);
    assert.equal(turnEnds.length, 1);
    endTurn();
    assert.deepEqual(flushed, ["first", "second", "late"]);
  });

  it("has nothing left to do when the reply of the turn left with its read", () => {
    const { queue, flushed, socket, endTurn } = flushing();
    const reader = socket("reader");
    queue.add(reader);
    queue.readBegan();
    queue.readEnded(reader);
    endTurn();
    assert.deepEqual(flushed, ["reader"]);
  });
});

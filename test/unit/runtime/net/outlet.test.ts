import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CLOSE_CODES } from "../../../../protocols/client-protocol.ts";
import { Batch } from "../../../../runtime/net/batch.ts";
import { Channel } from "../../../../runtime/net/channel.ts";
import { Outlet } from "../../../../runtime/net/outlet.ts";
import { SendPaths } from "../../../support/fake-wire.ts";

const answer = (id: number) => ({ kind: "published", id, offset: id }) as const;

describe("a socket's send path", () => {
  it("writes what is sent in a turn with one write, in order", () => {
    const paths = new SendPaths();
    const { wire, outlet } = paths.open();
    outlet.send(answer(1));
    outlet.sendText("two");
    outlet.ping();
    outlet.send(answer(4));
    assert.equal(wire.written.length, 0, "written before the turn was over");
    paths.endTurn();
    assert.equal(wire.written.length, 1);
    assert.deepEqual(wire.frames, [answer(1), "two", "ping", answer(4)]);
  });

  it("writes the next turn with the next write, and nothing in a turn that sent nothing", () => {
    const paths = new SendPaths();
    const { wire, outlet } = paths.open();
    outlet.send(answer(1));
    paths.endTurn();
    paths.endTurn();
    outlet.send(answer(2));
    paths.endTurn();
    assert.equal(wire.written.length, 2);
    assert.deepEqual(wire.frames, [answer(1), answer(2)]);
  });

  it("sends a lone answer at the end of its read", () => {
    const paths = new SendPaths();
    const { wire, outlet } = paths.open();
    paths.share.flushes.readBegan();
    outlet.send(answer(1));
    paths.share.flushes.readEnded(outlet);
    assert.deepEqual(wire.frames, [answer(1)]);
    assert.equal(paths.turnEnds.length, 0);
  });

  it("writes a turn that sends very much in pieces, so that memory holds one of them", () => {
    const paths = new SendPaths();
    const { wire, outlet } = paths.open();
    const text = "x".repeat(10_000);
    for (let index = 0; index < 20; index++) outlet.sendText(text);
    paths.endTurn();
    assert.deepEqual(
      wire.written.map(({ length }) => length),
      [70_007, 70_007, 60_006],
    );
  });

  it("stands in the queue once, so that a long answer too leaves at the end of its read", () => {
    const paths = new SendPaths();
    const { wire, outlet } = paths.open();
    paths.share.flushes.readBegan();
    for (let index = 0; index < 10; index++) outlet.sendText("x".repeat(10_000));
    paths.share.flushes.readEnded(outlet);
    assert.equal(wire.frames.length, 10);
    assert.equal(paths.turnEnds.length, 0);
  });

  it("hears a client from the moment it is opened, not before", () => {
    const { wire, outlet } = new SendPaths().open();
    wire.pauseReading();
    assert.equal(outlet.connection, undefined);
    outlet.open(outlet as never);
    assert.equal(wire.readingPaused, false);
    assert.equal(outlet.connection, outlet as never);
  });

  it("takes messages as any receiver does", () => {
    const paths = new SendPaths();
    const { wire, outlet } = paths.open();
    assert.equal(outlet.deliver({ kind: "send", frame: answer(1) }, undefined), "accepted");
    assert.equal(outlet.deliver({ kind: "sendText", text: "two" }, undefined), "accepted");
    assert.equal(outlet.deliver({ kind: "unheard-of" }, undefined), "gone");
    assert.equal(outlet.deliver({ kind: "close", reason: "draining" }, undefined), "accepted");
    assert.deepEqual(wire.frames, [answer(1), "two"]);
    assert.equal(outlet.deliver({ kind: "send", frame: answer(3) }, undefined), "gone");
  });

  it("refuses a question, since nobody is behind it to answer", () => {
    const { outlet } = new SendPaths().open("c1");
    const refusals: string[] = [];
    const ask = {
      from: undefined,
      answer: () => {},
      refuse: (fault: Error) => void refusals.push(fault.message),
    };
    outlet.deliver({ kind: "describe" }, ask);
    assert.equal(refusals.length, 1);
    assert.match(refusals[0] ?? "", /describe.*c1|c1.*describe/);
  });
});

describe("closing a socket", () => {
  it("sends what is pending first, then closes with the advice for that reason", () => {
    const paths = new SendPaths();
    const { wire, outlet } = paths.open();
    outlet.send(answer(1));
    outlet.close("draining");
    assert.deepEqual(wire.frames, [answer(1)]);
    assert.deepEqual(wire.closedFor, { reason: "draining", text: CLOSE_CODES.draining.advice });
    paths.endTurn();
    assert.equal(wire.written.length, 1);
  });

  it("sends also what waits for a slow client, in order", () => {
    const { wire, outlet } = new SendPaths().openSlow();
    for (let id = 1; id <= 3; id++) outlet.send(answer(id));
    outlet.close("draining", "bye");
    assert.deepEqual(wire.frames, [answer(1), answer(2), answer(3)]);
    assert.deepEqual(wire.closedFor, { reason: "draining", text: "bye" });
  });

  it("sends nothing after it, and closes once", () => {
    const paths = new SendPaths();
    const { wire, outlet } = paths.open();
    outlet.close("malformed");
    outlet.send(answer(1));
    outlet.sendText("late");
    outlet.ping();
    outlet.close("draining");
    paths.endTurn();
    assert.deepEqual(wire.frames, []);
    assert.equal(wire.closedFor?.reason, "malformed");
    assert.equal(outlet.account().state, "closed");
  });

  it("takes a socket out of all its channels, and leaves the other members in them", () => {
    const paths = new SendPaths();
    const leaving = paths.open("leaving");
    const staying = paths.open("staying");
    const channels = Array.from({ length: 5 }, (_, index) => new Channel(`chat/${index}`, "dropOldest"));
    for (const channel of channels) {
      channel.attach(leaving.outlet, undefined);
      channel.attach(staying.outlet, undefined);
    }
    leaving.outlet.close("replaced");
    assert.deepEqual(
      channels.map(({ size }) => size),
      [1, 1, 1, 1, 1],
    );
    assert.deepEqual(leaving.outlet.account().policies, {});
    for (const channel of channels) channel.publishText(channel.address);
    paths.endTurn();
    assert.deepEqual(leaving.wire.frames, []);
    assert.deepEqual(
      staying.wire.frames,
      channels.map(({ address }) => address),
    );
  });

  it("leaves all channels when the client closed the socket, and forgets what waited", () => {
    const paths = new SendPaths();
    const { wire, outlet } = paths.openSlow();
    const channel = new Channel("chat/a", "dropOldest");
    channel.attach(outlet, answer(1));
    outlet.ended();
    assert.equal(channel.size, 0);
    wire.drainAll();
    paths.endTurn();
    assert.deepEqual(wire.frames, []);
    paths.clock.advance(60_000);
    assert.equal(wire.closedFor, undefined, "closed a socket that was closed");
  });
});

describe("a socket's account", () => {
  it("adds up with what the wire got", () => {
    const paths = new SendPaths();
    const { wire, outlet } = paths.open();
    const channel = new Channel("chat/a", "dropOldest");
    channel.attach(outlet, answer(0));
    for (let turn = 0; turn < 10; turn++) {
      wire.slow = turn % 3 === 1;
      outlet.send(answer(turn));
      channel.publishText(`publication ${turn}`);
      paths.endTurn();
      if (turn % 3 === 2) wire.drainAll();
    }
    wire.drainAll();
    paths.endTurn();
    const { bytesOut, framesOut, bufferedBytes, state } = outlet.account();
    assert.deepEqual([bytesOut, framesOut], [wire.bytes.length, wire.frames.length]);
    assert.deepEqual([framesOut, bufferedBytes, state], [21, 0, "open"]);
  });

  it("counts as buffered what is pending, what waits, and what the operating system has not taken", () => {
    const paths = new SendPaths();
    const { wire, outlet } = paths.open();
    wire.slow = true;
    outlet.sendText("1234");
    assert.deepEqual([outlet.account().bufferedBytes, outlet.account().state], [5, "open"]);
    paths.endTurn();
    outlet.sendText("12");
    assert.deepEqual([outlet.account().bufferedBytes, outlet.account().state], [8, "congested"]);
    wire.drain();
    assert.deepEqual([outlet.account().bufferedBytes, outlet.account().state], [3, "congested"]);
    wire.drain();
    assert.deepEqual([outlet.account().bufferedBytes, outlet.account().state], [0, "open"]);
  });

  it("names the policy of each channel, and keeps the drops of those it has left", () => {
    const paths = new SendPaths(10);
    const { outlet } = paths.openSlow();
    const [left, kept] = [new Channel("chat/left", "dropOldest"), new Channel("chat/kept", "skipAndRecover")];
    left.attach(outlet, undefined);
    kept.attach(outlet, undefined);
    for (const channel of [left, left, left, kept]) channel.publishText("123456789");
    left.detach(outlet);
    assert.deepEqual(outlet.account().policies, { "chat/kept": "skipAndRecover" });
    assert.deepEqual(outlet.account().drops, { "chat/left": 2, "chat/kept": 1 });
    left.attach(outlet, undefined);
    left.publishText("123456789");
    assert.equal(outlet.account().drops["chat/left"], 3, "counted on from where it was");
    left.detach(outlet);
    assert.equal(outlet.account().drops["chat/left"], 3);
  });

  it("says nothing of drops when there were none", () => {
    const { outlet } = new SendPaths().open();
    assert.deepEqual(outlet.account().drops, {});
  });
});

describe("an outlet", () => {
  it("is known as one, so that a channel can tell it from a reference to elsewhere", () => {
    const { outlet } = new SendPaths().open();
    assert.ok(outlet instanceof Outlet);
  });

  it("appends a frame that was encoded elsewhere", () => {
    const paths = new SendPaths();
    const { wire, outlet } = paths.open();
    outlet.append(Batch.of(Buffer.from("pong\n")));
    paths.endTurn();
    assert.deepEqual(wire.frames, ["pong"]);
  });
});

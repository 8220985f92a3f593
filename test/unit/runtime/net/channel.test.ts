import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ServerFrame } from "../../../../protocols/client-frames.ts";
import { Channel } from "../../../../runtime/net/channel.ts";
import { CountingFormat, SendPaths } from "../../../support/fake-wire.ts";

const publication = (offset: number) =>
  ({ kind: "publication", room: "chat/a", offset, from: "Ash", data: `word ${offset}`, atMs: 0 }) as const;
const published = (id: number) => ({ kind: "published", id, offset: id }) as const;
const subscribed = (id: number): ServerFrame => ({
  kind: "subscribed",
  id,
  room: "chat/a",
  epoch: "e",
  offset: 0,
  members: 1,
  recovered: false,
  publications: [],
});

/** A channel with that many members. */
function room(count: number, paths = new SendPaths()) {
  const channel = new Channel("chat/a", "dropOldest");
  const clients = Array.from({ length: count }, (_, index) => paths.open(`client ${index}`));
  for (const { outlet } of clients) channel.attach(outlet, undefined);
  return { paths, channel, clients };
}

describe("a fan-out", () => {
  it("is encoded once, however many members there are", () => {
    const { paths, channel, clients } = room(50);
    for (let offset = 1; offset <= 3; offset++) channel.publish(publication(offset));
    paths.endTurn();
    assert.equal(paths.format.encoded, 3);
    for (const { wire } of clients) assert.deepEqual(wire.frames, [1, 2, 3].map(publication));
  });

  it("is encoded once for each format that somebody speaks, and for no other", () => {
    const paths = new SendPaths();
    const [first, second] = [new CountingFormat("first"), new CountingFormat("second")];
    const channel = new Channel("chat/a", "dropOldest");
    const clients = [first, second, first, second, first].map((format) => paths.open("client", format));
    for (const { outlet } of clients) channel.attach(outlet, undefined);
    channel.publish(publication(1));
    assert.deepEqual([first.encoded, second.encoded], [1, 1]);
    for (const { outlet } of clients) if (outlet.format === second) channel.detach(outlet);
    channel.publish(publication(2));
    channel.publishText("three");
    assert.deepEqual([first.encoded, second.encoded], [3, 1]);
    paths.endTurn();
    assert.deepEqual(
      clients.map(({ wire }) => wire.frames.length),
      [3, 1, 3, 1, 3],
    );
  });

  it("is not encoded for an empty room", () => {
    const paths = new SendPaths();
    const { channel, clients } = room(1, paths);
    for (const { outlet } of clients) channel.detach(outlet);
    channel.publish(publication(1));
    assert.equal(paths.format.encoded, 0);
  });

  it("is written once for each member in a turn", () => {
    const { paths, channel, clients } = room(10);
    for (let offset = 1; offset <= 20; offset++) channel.publish(publication(offset));
    paths.endTurn();
    for (const { wire } of clients) assert.equal(wire.written.length, 1);
  });

  it("shares the joined buffer of a turn among all members who got the same", () => {
    const { paths, channel, clients } = room(10);
    for (let offset = 1; offset <= 5; offset++) channel.publish(publication(offset));
    paths.endTurn();
    assert.equal(new Set(clients.map(({ wire }) => wire.written[0])).size, 1);
  });

  it("goes on sharing when one member got an answer in between", () => {
    const { paths, channel, clients } = room(4);
    channel.publish(publication(1));
    clients[2]?.outlet.send(published(7));
    channel.publish(publication(2));
    paths.endTurn();
    assert.equal(new Set(clients.map(({ wire }) => wire.written[0])).size, 2);
    assert.deepEqual(clients[2]?.wire.frames, [publication(1), published(7), publication(2)]);
    assert.deepEqual(clients[3]?.wire.frames, [publication(1), publication(2)]);
  });

  it("of two rooms reaches a member of both in the order in which it was published", () => {
    const paths = new SendPaths();
    const { outlet, wire } = paths.open();
    const [a, b] = [new Channel("chat/a", "dropOldest"), new Channel("chat/b", "conflate")];
    a.attach(outlet, undefined);
    b.attach(outlet, undefined);
    a.publishText("a1");
    b.publishText("b1");
    a.publishText("a2");
    paths.endTurn();
    assert.deepEqual(wire.frames, ["a1", "b1", "a2"]);
  });
});

describe("attaching", () => {
  it("sends the first frame before any later publication and after any earlier one", () => {
    const { paths, channel, clients } = room(1);
    const late = paths.open("late");
    channel.publish(publication(1));
    channel.attach(late.outlet, subscribed(9));
    channel.publish(publication(2));
    paths.endTurn();
    assert.deepEqual(late.wire.frames, [subscribed(9), publication(2)]);
    assert.deepEqual(clients[0]?.wire.frames, [publication(1), publication(2)]);
  });

  it("keeps that order for a client that reads too slowly", () => {
    const paths = new SendPaths();
    const { outlet, wire } = paths.openSlow();
    const channel = new Channel("chat/a", "dropOldest");
    outlet.send(published(1));
    channel.attach(outlet, subscribed(2));
    channel.publish(publication(1));
    outlet.send(published(3));
    wire.drainAll();
    assert.deepEqual(wire.frames, [published(1), subscribed(2), publication(1), published(3)]);
  });

  it("twice sends the first frame again and no publication twice", () => {
    const { paths, channel, clients } = room(1);
    const [client] = clients;
    assert.ok(client !== undefined);
    channel.attach(client.outlet, subscribed(2));
    assert.equal(channel.size, 1);
    channel.publish(publication(1));
    paths.endTurn();
    assert.deepEqual(client.wire.frames, [subscribed(2), publication(1)]);
  });

  it("does nothing for a socket that is closed already", () => {
    const { paths, channel } = room(0);
    const { outlet, wire } = paths.open();
    outlet.ended();
    channel.attach(outlet, subscribed(1));
    channel.publish(publication(1));
    paths.endTurn();
    assert.deepEqual([channel.size, wire.frames.length], [0, 0]);
  });
});

describe("detaching", () => {
  it("keeps all others, whoever leaves", () => {
    for (const leaving of [0, 1, 2]) {
      const { paths, channel, clients } = room(3);
      const client = clients[leaving];
      assert.ok(client !== undefined);
      channel.detach(client.outlet);
      channel.detach(client.outlet);
      channel.publishText("hello");
      paths.endTurn();
      assert.equal(channel.size, 2);
      assert.deepEqual(
        clients.map(({ wire }) => wire.frames.length),
        [0, 1, 2].map((index) => (index === leaving ? 0 : 1)),
      );
    }
  });

  it("still sends what was published before, in the same turn", () => {
    const { paths, channel, clients } = room(1);
    channel.publish(publication(1));
    for (const { outlet } of clients) channel.detach(outlet);
    channel.publish(publication(2));
    paths.endTurn();
    assert.deepEqual(clients[0]?.wire.frames, [publication(1)]);
  });

  it("of a socket that was never there does nothing", () => {
    const { paths, channel } = room(2);
    channel.detach(paths.open().outlet);
    assert.equal(channel.size, 2);
  });
});

describe("what may be said to a channel", () => {
  it("does what the methods do", () => {
    const paths = new SendPaths();
    const channel = new Channel("chat/a", "dropOldest");
    const { outlet, wire } = paths.open();
    const say = (message: object): void => {
      assert.equal(channel.deliver(message as never, undefined), "accepted");
    };
    say({ kind: "attach", outlet, first: subscribed(1) });
    say({ kind: "publish", frame: publication(1) });
    say({ kind: "publishText", text: "two" });
    say({ kind: "detach", outlet });
    say({ kind: "publishText", text: "three" });
    say({ kind: "attach", outlet });
    say({ kind: "close" });
    assert.equal(channel.size, 0);
    paths.endTurn();
    assert.deepEqual(wire.frames, [subscribed(1), publication(1), "two"]);
  });

  it("is refused when it has no such message", () => {
    assert.equal(new Channel("chat/a", "conflate").deliver({ kind: "unheard-of" }, undefined), "gone");
  });

  it("is not about a reference that is no socket of this process", () => {
    const channel = new Channel("chat/a", "conflate");
    channel.deliver({ kind: "attach", outlet: { address: "elsewhere" } }, undefined);
    channel.deliver({ kind: "detach", outlet: { address: "elsewhere" } }, undefined);
    assert.equal(channel.size, 0);
  });
});

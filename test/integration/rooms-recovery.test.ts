import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { gatewayFeature } from "../../actors/gateway/feature.ts";
import { roomsFeature } from "../../actors/rooms/feature.ts";
import { servicesFeature } from "../../actors/services/feature.ts";
import { RoomDirectoryProtocol } from "../../protocols/room-directory.ts";
import type { Position } from "../../protocols/room.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { Feature } from "../../runtime/feature.ts";
import { FrameClient } from "../support/frame-client.ts";
import { startLocalNode } from "../support/local-node.ts";
import type { LocalNode } from "../support/local-node.ts";

let running: LocalNode;
let rooms: Reference<RoomDirectoryProtocol> | undefined;
/** Shows the test where the rooms are. */
const watching: Feature = {
  name: "watching",
  start({ find }) {
    rooms = find(RoomDirectoryProtocol);
    return {};
  },
};

before(async () => {
  running = await startLocalNode([roomsFeature, watching, servicesFeature, gatewayFeature], (settings) => ({
    ...settings,
    rooms: { ...settings.rooms, members: 3, historySize: 5 },
  }));
});
after(() => running.stop());

const chat = (name: string, path = "/chatroom") =>
  FrameClient.webSocket(name, `ws://127.0.0.1:${running.portOf("web")}${path}`);

function subscribe(client: FrameClient, room: string, recover?: Position) {
  client.send({ kind: "subscribe", id: 1, room, ...(recover && { recover }) });
  return client.next("subscribed");
}

async function say(client: FrameClient, room: string, data: unknown): Promise<number> {
  client.send({ kind: "publish", id: 2, room, data });
  return (await client.next("published")).offset;
}

/** Makes the handler of a room throw, as a bug would. */
async function crash(room: string): Promise<void> {
  assert.ok(rooms);
  const found = await running.node.system.ask(rooms, { kind: "find", room });
  assert.ok(found.kind === "found");
  // What JSON cannot write never passes a door; from inside it shows what a bug in a handler does.
  await assert.rejects(running.node.system.ask(found.room, { kind: "post", from: "bug", data: 1n }), {
    code: "actorFailed",
  });
}

describe("members of a chat room", () => {
  it("hear each other in one order, and who comes and goes", async () => {
    const ada = await chat("Ada");
    await subscribe(ada, "chat/talk");
    const bob = await FrameClient.line("Bob", running.portOf("line"));
    assert.equal((await subscribe(bob, "chat/talk")).members, 2);
    await say(ada, "chat/talk", { text: "hello" });
    await say(bob, "chat/talk", { text: "hi" });
    for (const client of [ada, bob]) {
      const heard = [await client.next("publication"), await client.next("publication")];
      assert.deepEqual(
        heard.map(({ from, offset }) => [from, offset]),
        [
          ["Ada", 1],
          ["Bob", 2],
        ],
      );
    }
    bob.close();
    const left = await ada.next("left");
    assert.deepEqual([left.count, left.members.map(({ name }) => name)], [1, ["Bob"]]);
    ada.close();
  });

  it("are refused one seat too many, a room of another kind, and a word in a live room", async () => {
    const clients = await Promise.all(["1", "2", "3", "4"].map((name) => chat(name)));
    for (const client of clients.slice(0, 3)) await subscribe(client, "chat/small");
    const fourth = clients[3]!;
    fourth.send({ kind: "subscribe", id: 7, room: "chat/small" });
    assert.deepEqual((({ id, code }) => ({ id, code }))(await fourth.next("refused")), {
      id: 7,
      code: "roomFull",
    });
    await subscribe(fourth, "live/final");
    fourth.send({ kind: "publish", id: 8, room: "live/final", data: "goal!" });
    assert.equal((await fourth.next("refused")).code, "onlyServicesPost");
    const watcher = await chat("watcher", "/chatroom/live");
    watcher.send({ kind: "subscribe", id: 9, room: "chat/small" });
    assert.deepEqual((await watcher.next("refused")).code, "unknownRoom");
    for (const client of [...clients, watcher]) client.close();
  });

  it("are refused what is too large or no command, and stay in the room", async () => {
    const ada = await chat("Ada");
    await subscribe(ada, "chat/strict");
    ada.send({ kind: "publish", id: 3, room: "chat/strict", data: "x".repeat(17_000) });
    const large = await ada.next("refused");
    assert.deepEqual([large.id, large.code, large.field], [3, "tooLarge", "/data"]);
    ada.send({ kind: "shout", id: 4, room: "chat/strict" } as never);
    const unknown = await ada.next("refused");
    assert.deepEqual([unknown.code, unknown.field], ["unknownKind", "/kind"]);
    assert.equal(await say(ada, "chat/strict", "fine"), 1);
    ada.close();
  });
});

describe("a client that comes back", () => {
  it("gets exactly what it missed", async () => {
    const [ada, bob] = [await chat("Ada"), await chat("Bob")];
    await subscribe(ada, "chat/back");
    const { epoch } = await subscribe(bob, "chat/back");
    const seen = await say(ada, "chat/back", "one");
    bob.close();
    await say(ada, "chat/back", "two");
    await say(ada, "chat/back", "three");
    const again = await chat("Bob");
    const frame = await subscribe(again, "chat/back", { epoch, offset: seen });
    assert.deepEqual([frame.recovered, frame.epoch], [true, epoch]);
    assert.deepEqual(
      frame.publications.map(({ data }) => data),
      ["two", "three"],
    );
    for (const client of [ada, again]) client.close();
  });

  it("is told of a gap when more was said than the room keeps", async () => {
    const ada = await chat("Ada");
    const { epoch } = await subscribe(ada, "chat/gap");
    for (let count = 1; count <= 7; count++) await say(ada, "chat/gap", count);
    const frame = await subscribe(ada, "chat/gap", { epoch, offset: 1 });
    assert.equal(frame.recovered, false);
    assert.deepEqual(
      frame.publications.map(({ data }) => data),
      [3, 4, 5, 6, 7],
    );
    ada.close();
  });
});

describe("a room whose handler throws", () => {
  it("is restarted; its members are told, come back and see the gap, and other rooms notice nothing", async () => {
    const [ada, other] = [await chat("Ada"), await chat("other")];
    const { epoch } = await subscribe(ada, "chat/frail");
    await subscribe(other, "chat/sound");
    await say(ada, "chat/frail", "before");
    await crash("chat/frail");
    assert.equal((await ada.next("skipped")).room, "chat/frail");
    const frame = await subscribe(ada, "chat/frail", { epoch, offset: 1 });
    assert.notEqual(frame.epoch, epoch);
    assert.deepEqual([frame.recovered, frame.offset, frame.members], [false, 0, 1]);
    assert.equal(await say(ada, "chat/frail", "after"), 1);
    assert.equal(await say(other, "chat/sound", "calm"), 1);
    const seen = running.node.system.describe({ path: "/rooms", depth: 1 })?.children ?? [];
    const restartsOf = (name: string) => seen.find((room) => room.name === name)?.restarts;
    assert.deepEqual([restartsOf("chat$2ffrail"), restartsOf("chat$2fsound")], [1, 0]);
    for (const client of [ada, other]) client.close();
  });

  it("is given up when it keeps failing, and opened anew by who comes back", async () => {
    const ada = await chat("Ada");
    const first = await subscribe(ada, "chat/doomed");
    for (let failures = 0; failures <= 5; failures++) await crash("chat/doomed");
    await ada.next("skipped");
    const frame = await subscribe(ada, "chat/doomed", { epoch: first.epoch, offset: 0 });
    assert.notEqual(frame.epoch, first.epoch);
    assert.equal(await say(ada, "chat/doomed", "here again"), 1);
    assert.equal(running.node.system.describe({ path: "/rooms", depth: 0 })?.state, "running");
    ada.close();
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Room } from "../../../../actors/rooms/room.ts";
import { Rooms } from "../../../../actors/rooms/rooms.ts";
import { ChannelProtocol } from "../../../../protocols/channel.ts";
import { behaviourKit } from "../../../support/behaviour-kit.ts";
import { effectsOf } from "../../../support/effect.ts";
import { Probe } from "../../../support/probe.ts";

const settings = {
  historySize: 3,
  historyMs: 1,
  liveHistoryMs: 1,
  rooms: 2,
  members: 2,
  graceMs: 1,
  liveGraceMs: 1,
  durability: "memory",
} as const;

/** Nothing is stored. */
const findStore = (): undefined => undefined;

function directory(heirloom?: unknown) {
  const channels = new Map<string, Probe<ChannelProtocol>>();
  const openChannel = (address: string) => {
    const channel = new Probe(ChannelProtocol, address);
    channels.set(address, channel);
    return channel;
  };
  const kit = behaviourKit(Rooms, { args: { settings, openChannel, findStore }, heirloom });
  return { kit, channels, open: (room: string) => kit.ask({ kind: "open", room }) };
}

describe("the directory of rooms", () => {
  it("starts a room on first use and finds it again", async () => {
    const { kit, open } = directory();
    const first = await open("chat/lobby");
    assert.ok(first.kind === "opened");
    assert.equal(first.room, kit.child(Room, "chat$2flobby"));
    assert.deepEqual(await open("chat/lobby"), first);
    assert.equal(effectsOf(kit.takeEffects(), "spawned").length, 1);
    assert.deepEqual(await kit.ask({ kind: "find", room: "chat/lobby" }), {
      kind: "found",
      room: first.room,
    });
  });

  it("keeps a share of the rooms for services, so that clients cannot shut them out", async () => {
    const kit = behaviourKit(Rooms, {
      args: {
        settings: { ...settings, rooms: 10 },
        openChannel: (address) => new Probe(ChannelProtocol, address),
        findStore,
      },
    });
    for (let room = 1; room <= 9; room++) {
      assert.equal((await kit.ask({ kind: "open", room: `chat/${room}` })).kind, "opened");
    }
    assert.equal((await kit.ask({ kind: "open", room: "chat/10" })).kind, "refused");
    assert.equal((await kit.ask({ kind: "open", room: "live/final", isService: true })).kind, "opened");
    assert.equal((await kit.ask({ kind: "open", room: "live/other", isService: true })).kind, "refused");
  });

  it("does not start a room for somebody who only looks", async () => {
    const { kit } = directory();
    assert.deepEqual(await kit.ask({ kind: "find", room: "chat/lobby" }), { kind: "absent" });
    assert.deepEqual(effectsOf(kit.takeEffects(), "spawned"), []);
  });

  it("refuses one room too many, until one has closed", async () => {
    const { kit, open } = directory();
    await open("chat/a");
    await open("live/b");
    assert.deepEqual(await open("chat/c"), {
      kind: "refused",
      code: "tooManyRooms",
      text: "at most 2 rooms may be open",
    });
    kit.stopProbe(kit.child(Room, "chat$2fa"));
    assert.equal((await open("chat/c")).kind, "opened");
  });

  it("sends the members of a room that was given up away, and opens it anew", async () => {
    const { kit, open, channels } = directory();
    const first = await open("chat/a");
    const channel = channels.get("chat/a");
    kit.stopProbe(kit.child(Room, "chat$2fa"));
    assert.deepEqual(
      channel?.takeTold().map(({ kind }) => kind),
      ["publish", "close"],
    );
    const second = await open("chat/a");
    assert.notDeepEqual(second, first);
  });
});

describe("a directory that has come from another process", () => {
  it("has its rooms again, each with a channel of its own", async () => {
    const before = directory();
    await before.open("chat/a");
    await before.open("live/b");
    const { kit, channels } = directory(before.kit.dump());
    assert.deepEqual([...channels.keys()], ["chat/a", "live/b"]);
    assert.deepEqual(await kit.ask({ kind: "find", room: "live/b" }), {
      kind: "found",
      room: kit.child(Room, "live$2fb"),
    });
    assert.deepEqual(kit.description, { rooms: 2, roomsMax: 2 });
  });

  it("leaves out rooms of a kind that is no more", () => {
    const { kit } = directory(["poll/a", "chat/a"]);
    assert.deepEqual(kit.description, { rooms: 1, roomsMax: 2 });
  });
});

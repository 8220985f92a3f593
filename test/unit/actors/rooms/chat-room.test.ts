import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ADMIT_WITHIN_MS } from "../../../../actors/rooms/arriving.ts";
import { ANNOUNCE_AFTER_MS, ATTEND_EVERY_MS } from "../../../../actors/rooms/attendance.ts";
import { ELSEWHERE_SILENT_MS } from "../../../../actors/rooms/elsewhere.ts";
import { FOLLOW } from "../../../../actors/rooms/following.ts";
import type { Reference } from "../../../../protocols/reference.ts";
import { RoomProtocol } from "../../../../protocols/room.ts";
import { OWNER } from "../../../support/entity-world.ts";
import { look } from "../../../../actors/rooms/look.ts";
import { routeContext } from "../../../support/route-context.ts";
import { LiveRoomWorld } from "../../../support/live-room-world.ts";
import { ROOM_SETTINGS } from "../../../support/open-room.ts";
import { Probe } from "../../../support/probe.ts";

const ROOM = "chat/lobby";
const THERE = `${ROOM} elsewhere`;
const THERE_PATH = "/elsewhere/chat$2flobby";
/** Longer than comings and goings are collected, on both nodes one after the other, in milliseconds. */
const TOLD_MS = 3 * ANNOUNCE_AFTER_MS;

/** A chat room of a cluster: `a` is in it here, `b` at another node. */
async function twoNodes() {
  const world = new LiveRoomWorld({ isShared: true });
  const here = await world.open(ROOM);
  const there = await world.openElsewhere(ROOM);
  const first = await world.join(here, { id: "a", channel: ROOM });
  const second = await world.join(there, { id: "b", channel: THERE });
  await world.virtual.advance(TOLD_MS);
  return { world, here, there, first, second };
}

type Nodes = Awaited<ReturnType<typeof twoNodes>>;

const say = async (
  { world }: Pick<Nodes, "world">,
  room: Reference<RoomProtocol>,
  member: string,
  data: unknown,
) => {
  const saying = world.virtual.ask(room, { kind: "publish", member, data });
  await world.virtual.settle();
  return saying;
};

const presence = async ({ world }: Pick<Nodes, "world">, room: Reference<RoomProtocol>) => {
  const asking = world.virtual.ask(room, { kind: "presence" });
  await world.virtual.settle();
  const { count, members } = await asking;
  return [count, ...members.map(({ name }) => name)];
};

/** What the members of a room have been told of comings and goings since the last call: `+b 2`. */
const told = ({ world }: Pick<Nodes, "world">, channel: string): string[] =>
  world.frames(channel).flatMap((frame) => {
    if (frame.kind !== "joined" && frame.kind !== "left") return [];
    const sign = frame.kind === "joined" ? "+" : "-";
    return `${sign}${frame.members.map(({ name }) => name).join()} ${frame.count}`;
  });

describe("a chat room on two nodes", () => {
  it("is one room: what is said at one is heard at both, in one order", async () => {
    const nodes = await twoNodes();
    const { world, here, there } = nodes;
    for (const channel of [ROOM, THERE]) world.frames(channel);
    assert.equal((await say(nodes, here, "a", "one")).kind, "published");
    const second = await say(nodes, there, "b", "two");
    assert.ok(second.kind === "published");
    assert.equal(second.offset, 2);
    for (const channel of [ROOM, THERE]) assert.deepEqual(world.heard(channel), ["one", "two"]);
  });

  it("says each thing once to each node, however many are there", async () => {
    const nodes = await twoNodes();
    const { world, here } = nodes;
    assert.equal(world.air?.heardBy(ROOM), 2);
    world.air?.told.splice(0);
    for (let count = 1; count <= 10; count++) await say(nodes, here, "a", count);
    const stored = world.air?.told.filter((text) => text === `${ROOM} stored`);
    assert.equal(stored?.length, 10);
  });

  it("knows who is there on both, and who comes finds the others without hearing that they came", async () => {
    const nodes = await twoNodes();
    const { world, here, there, first, second } = nodes;
    assert.deepEqual([first.members, second.members], [1, 2]);
    assert.deepEqual(await presence(nodes, here), [2, "a", "b"]);
    assert.deepEqual(await presence(nodes, there), [2, "b", "a"]);
    assert.deepEqual(told(nodes, ROOM).at(-1), "+b 2");
    assert.deepEqual(told(nodes, THERE), ["+b 2"]);
    world.virtual.tell(there, { kind: "leave", member: "b" });
    await world.virtual.advance(TOLD_MS);
    assert.deepEqual(told(nodes, ROOM), ["-b 1"]);
    assert.deepEqual(await presence(nodes, here), [1, "a"]);
  });

  it("is full when all nodes together have as many as may be", async () => {
    const { world, here } = await twoNodes();
    const member = { id: "c", name: "c" };
    const place = {
      outlet: new Probe(RoomProtocol, "/outlet") as never,
      connection: new Probe(RoomProtocol, "/c"),
    };
    const joining = world.virtual.ask(here, { kind: "join", member, ...place, frameId: 1 });
    await world.virtual.settle();
    const answer = await joining;
    assert.equal(answer.kind === "refused" && answer.code, "roomFull");
  });

  it("takes away who was on a node that is no more", async () => {
    const nodes = await twoNodes();
    const { world, here } = nodes;
    told(nodes, ROOM);
    world.virtual.system.steering.steer("stop", { path: THERE_PATH });
    await world.virtual.advance(TOLD_MS);
    assert.deepEqual(told(nodes, ROOM), ["-b 1"]);
    assert.deepEqual(await presence(nodes, here), [1, "a"]);
  });

  it("takes away who was on a node of which nothing is heard any more, and believes it when it speaks again", async () => {
    const nodes = await twoNodes();
    const { world, here } = nodes;
    assert.ok(world.air);
    world.air.isDeaf = true;
    await world.virtual.advance(ELSEWHERE_SILENT_MS + 2 * ATTEND_EVERY_MS);
    assert.deepEqual(await presence(nodes, here), [1, "a"]);
    world.air.isDeaf = false;
    await world.virtual.advance(2 * ATTEND_EVERY_MS);
    assert.deepEqual(await presence(nodes, here), [2, "a", "b"]);
  });

  it("counts those once who have moved to another process, also when a word of the one before comes late", async () => {
    const nodes = await twoNodes();
    const { world, here } = nodes;
    const [left, heir] = [world.virtual.spawn("left"), world.virtual.spawn("heir")];
    const members = ["c", "d"].map((id) => ({ id, name: id }));
    const said = { kind: "attendance", count: 2, members, party: "p" } as const;
    for (const at of [left, heir, left]) {
      world.air?.tell(ROOM, RoomProtocol, { ...said, at, moves: at === heir ? 1 : 0 });
    }
    world.air?.tell(ROOM, RoomProtocol, { ...said, at: left, count: 0, members: [], moves: 0 });
    await world.virtual.advance(TOLD_MS);
    assert.deepEqual(await presence(nodes, here), [4, "a", "b", "c", "d"]);
    world.virtual.system.steering.steer("stop", { path: "/left" });
    await world.virtual.advance(TOLD_MS);
    assert.deepEqual(await presence(nodes, here), [4, "a", "b", "c", "d"]);
    world.virtual.system.steering.steer("stop", { path: "/heir" });
    await world.virtual.advance(TOLD_MS);
    assert.deepEqual(await presence(nodes, here), [2, "a", "b"]);
  });

  it("gives nobody anything by what a node says that is not there: who hears is known to each node alone", async () => {
    const nodes = await twoNodes();
    const { world, here } = nodes;
    told(nodes, ROOM);
    const stale = world.virtual.spawn("stale");
    world.virtual.system.steering.steer("stop", { path: "/stale" });
    await world.virtual.settle();
    const members = [{ id: "ghost", name: "ghost" }];
    world.air?.tell(ROOM, RoomProtocol, { kind: "attendance", at: stale, count: 1, members });
    await world.virtual.advance(TOLD_MS);
    assert.deepEqual(await presence(nodes, here), [2, "a", "b"]);
    world.channel(ROOM).takeTold();
    await say(nodes, here, "a", "to those who are there");
    assert.deepEqual(
      world
        .channel(ROOM)
        .takeTold()
        .map(({ kind }) => kind),
      ["publish"],
    );
  });

  it("shows a new name to both", async () => {
    const nodes = await twoNodes();
    const { world, there } = nodes;
    told(nodes, ROOM);
    const place = {
      outlet: new Probe(RoomProtocol, "/outlet") as never,
      connection: new Probe(RoomProtocol, "/c"),
    };
    void world.virtual.ask(there, { kind: "join", member: { id: "b", name: "Bea" }, ...place, frameId: 2 });
    await world.virtual.advance(TOLD_MS);
    assert.deepEqual(told(nodes, ROOM), ["+Bea 2"]);
  });
});

describe("somebody who comes from another node", () => {
  it("gets what was missed, also when the room here has not heard of it yet", async () => {
    const nodes = await twoNodes();
    const { world, here, there } = nodes;
    await say(nodes, here, "a", "one");
    assert.ok(world.air);
    world.air.isDeaf = true;
    const said = await say(nodes, here, "a", "two");
    assert.ok(said.kind === "published");
    world.air.isDeaf = false;
    const { epoch } = said;
    const frame = await world.join(there, { id: "b", channel: THERE, recover: { epoch, offset: 2 } });
    assert.deepEqual([frame.recovered, frame.offset], [true, 2]);
  });

  it("is let in after a while although nothing can be heard of other nodes", async () => {
    const world = new LiveRoomWorld({ isShared: true });
    const here = await world.open(ROOM);
    assert.ok(world.air);
    world.air.isDeaf = true;
    const frame = await world.join(here, { id: "a", channel: ROOM, withinMs: ADMIT_WITHIN_MS });
    assert.equal(frame.members, 1);
    assert.equal((await say({ world }, here, "a", "hello")).kind, "published");
  });

  it("may leave before it was let in, and may speak", async () => {
    const world = new LiveRoomWorld({ isShared: true });
    const here = await world.open(ROOM);
    const place = {
      outlet: new Probe(RoomProtocol, "/outlet") as never,
      connection: world.virtual.spawn("c"),
    };
    const joining = world.virtual.ask(here, {
      kind: "join",
      member: { id: "a", name: "a" },
      ...place,
      frameId: 1,
    });
    await world.virtual.settle();
    assert.equal((await say({ world }, here, "a", "early")).kind, "published");
    world.virtual.tell(here, { kind: "leave", member: "a" });
    await world.virtual.settle();
    assert.equal((await joining).kind, "joined");
    await world.virtual.advance(ADMIT_WITHIN_MS);
    assert.deepEqual(
      world
        .channel(ROOM)
        .takeTold()
        .filter(({ kind }) => kind === "attach"),
      [],
    );
  });
});

describe("what is stored of a chat room", () => {
  it("is the latest, not all that was ever said", async () => {
    const nodes = await twoNodes();
    const { world, here } = nodes;
    for (let data = 1; data <= 450; data++) {
      void world.virtual.ask(here, { kind: "publish", member: "a", data });
    }
    await world.virtual.advance(FOLLOW.minMs);
    const stored = await world.stored(ROOM);
    assert.equal(stored.at(-1), 450);
    assert.ok(stored.length < 450, `${stored.length} are stored`);
    assert.ok(stored.length >= ROOM_SETTINGS.historySize);
    const later = await world.join(here, { id: "a", channel: ROOM });
    assert.deepEqual(
      later.publications.map(({ data }) => data),
      [448, 449, 450],
    );
  });

  it("is shown to who looks as long as a room shows what was said", async () => {
    const nodes = await twoNodes();
    const { world, here } = nodes;
    await say(nodes, here, "a", "long ago");
    await world.virtual.advance(ROOM_SETTINGS.historyMs + 1);
    await say(nodes, here, "a", "now");
    const { rooms, findStore, virtual } = world;
    const { system, clock } = virtual;
    const context = { ...routeContext(), ask: system.ask.bind(system), wallMs: () => clock.wallMs() };
    const looking = look({ rooms, findStore }, ROOM, context);
    await virtual.settle();
    const view = await looking;
    assert.deepEqual(
      view?.publications.map(({ data }) => data),
      ["now"],
    );
    assert.equal(view?.offset, 2);
  });

  it("is forgotten when nobody has been in it for long, and what is said then counts anew under another name", async () => {
    const nodes = await twoNodes();
    const { world, here, there } = nodes;
    const before = await say(nodes, here, "a", "one");
    assert.deepEqual(await world.stored(ROOM), ["one"]);
    world.virtual.tell(here, { kind: "leave", member: "a" });
    world.virtual.tell(there, { kind: "leave", member: "b" });
    await world.virtual.advance(5 * ROOM_SETTINGS.graceMs);
    assert.deepEqual(await world.stored(ROOM), []);
    const again = await world.open(ROOM);
    await world.join(again, { id: "a", channel: ROOM });
    const after = await say(nodes, again, "a", "two");
    assert.ok(before.kind === "published" && after.kind === "published");
    assert.equal(after.offset, 1);
    assert.notEqual(after.epoch, before.epoch);
  });

  it("is never gone on with under its old name once it is lost", async () => {
    const nodes = await twoNodes();
    const { world, here } = nodes;
    const before = await say(nodes, here, "a", "one");
    world.virtual.system.steering.steer("stop", { path: "/entities/chat-room/lobby" });
    await world.virtual.settle();
    await world.journal.remove({ entity: { type: "chat-room", id: "lobby" }, owner: OWNER });
    const lost = world.virtual.ask(here, { kind: "publish", member: "a", data: "two" });
    const ended = assert.rejects(lost, { code: "actorFailed" });
    await world.virtual.advance(FOLLOW.minMs);
    await ended;
    const frame = await world.join(here, { id: "a", channel: ROOM });
    assert.ok(before.kind === "published");
    assert.notEqual(frame.epoch, before.epoch);
    assert.deepEqual(
      frame.publications.map(({ data, offset }) => [data, offset]),
      [["two", 1]],
    );
  });

  it("stays as long as somebody is there, who may be silent for hours", async () => {
    const nodes = await twoNodes();
    const { world, here } = nodes;
    await say(nodes, here, "a", "one");
    await world.virtual.advance(60 * ROOM_SETTINGS.graceMs);
    const said = await say(nodes, here, "a", "two");
    assert.equal(said.kind === "published" && said.offset, 2);
  });
});

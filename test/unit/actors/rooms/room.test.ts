import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DATA_BYTES_MAX } from "../../../../actors/rooms/room-refusals.ts";
import { ANNOUNCE_AFTER_MS } from "../../../../actors/rooms/attendance.ts";
import type { ServerFrames } from "../../../../protocols/client-frames.ts";
import { HOUR_MS, openRoom, POLICIES, START_MS } from "../../../support/open-room.ts";

const textsOf = ({ publications }: ServerFrames["subscribed"]) => publications.map(({ data }) => data);

describe("a room and its members", () => {
  it("attaches who joins with a first frame that says where the room stands", async () => {
    const { join, channel, connectionOf } = openRoom();
    const joined = await join("1");
    assert.ok(joined.kind === "joined");
    assert.deepEqual(channel.takeTold(), [
      {
        kind: "attach",
        outlet: connectionOf("1").outlet,
        first: {
          kind: "subscribed",
          id: 9,
          room: "chat/a",
          epoch: joined.epoch,
          offset: 0,
          members: 1,
          recovered: false,
          publications: [],
          facts: {},
        },
      },
    ]);
  });

  it("announces who came and went together, a moment later, with the count", async () => {
    const { join, kit, sent } = openRoom();
    await join("1");
    await join("2");
    kit.tell({ kind: "leave", member: "1" });
    sent();
    kit.advance(ANNOUNCE_AFTER_MS - 1);
    assert.deepEqual(sent(), []);
    kit.advance(1);
    assert.deepEqual(sent(), [
      { kind: "joined", room: "chat/a", members: [{ id: "2", name: "name of 2" }], count: 1 },
    ]);
    kit.tell({ kind: "leave", member: "2" });
    kit.advance(ANNOUNCE_AFTER_MS);
    assert.deepEqual(sent(), [
      { kind: "left", room: "chat/a", members: [{ id: "2", name: "name of 2" }], count: 0 },
    ]);
  });

  it("announces in time, also while more and more come", async () => {
    const { join, kit, sent } = openRoom();
    await join("1");
    kit.advance(ANNOUNCE_AFTER_MS - 1);
    await join("2");
    sent();
    kit.advance(1);
    assert.deepEqual(
      sent().map((frame) => frame.kind === "joined" && frame.members.length),
      [2],
    );
  });

  it("gives who joins again a new first frame, and announces nothing but another name", async () => {
    const { join, kit, sent } = openRoom();
    await join("1");
    kit.advance(ANNOUNCE_AFTER_MS);
    sent();
    await join("1");
    kit.advance(ANNOUNCE_AFTER_MS);
    assert.deepEqual(
      sent().map(({ kind }) => kind),
      ["subscribed"],
    );
    await join("1", { name: "Ada" });
    kit.advance(ANNOUNCE_AFTER_MS);
    assert.deepEqual(
      sent().map(({ kind }) => kind),
      ["subscribed", "joined"],
    );
    assert.equal(kit.watched.length, 1);
  });

  it("takes the end of a connection for leaving", async () => {
    const { join, kit, channel, connectionOf } = openRoom();
    await join("1");
    channel.takeTold();
    kit.stopProbe(connectionOf("1").connection);
    assert.deepEqual(channel.takeTold(), [{ kind: "detach", outlet: connectionOf("1").outlet }]);
    assert.deepEqual(await kit.ask({ kind: "presence" }), { kind: "present", count: 0, members: [] });
  });

  it("does not watch who has left, and ignores who was never here", async () => {
    const { join, kit, channel } = openRoom();
    await join("1");
    kit.tell({ kind: "leave", member: "1" });
    assert.deepEqual(kit.watched, []);
    channel.takeTold();
    kit.tell({ kind: "leave", member: "1" });
    assert.deepEqual(channel.takeTold(), []);
  });

  it("is full at its limit, except for who has a seat already", async () => {
    const { join } = openRoom();
    await join("1");
    await join("2");
    assert.deepEqual(await join("3"), {
      kind: "refused",
      code: "roomFull",
      text: "the room holds at most 2 members",
    });
    assert.equal((await join("2")).kind, "joined");
  });

  it("says who is here", async () => {
    const { join, kit } = openRoom();
    await join("1");
    assert.deepEqual(await kit.ask({ kind: "presence" }), {
      kind: "present",
      count: 1,
      members: [{ id: "1", name: "name of 1" }],
    });
  });
});

describe("what is said in a room", () => {
  it("gets its place in the order and reaches everybody before it is called published", async () => {
    const { join, say, sent, kit } = openRoom();
    await join("1");
    sent();
    kit.takeEffects();
    const [first, second] = [await say("1", "hello"), await say("1", { text: "again" })];
    assert.deepEqual([first.kind, second.kind], ["published", "published"]);
    assert.deepEqual(
      [first, second].map((reply) => reply.kind === "published" && reply.offset),
      [1, 2],
    );
    const common = { kind: "publication", room: "chat/a", from: "name of 1", atMs: START_MS };
    assert.deepEqual(sent(), [
      { ...common, offset: 1, data: "hello" },
      { ...common, offset: 2, data: { text: "again" } },
    ]);
    assert.deepEqual(
      kit.takeEffects().map(({ kind }) => kind),
      ["told", "replied", "told", "replied"],
    );
  });

  it("is refused from who is not in the room", async () => {
    const { say, sent } = openRoom();
    assert.deepEqual(await say("1", "hello"), {
      kind: "refused",
      code: "notAMember",
      text: "subscribe to the room first",
    });
    assert.deepEqual(sent(), []);
  });

  it("is refused from members of a live room, and taken from services in every room", async () => {
    const live = openRoom({ policy: POLICIES.live });
    await live.join("1");
    const refused = await live.say("1", "hello");
    assert.deepEqual(refused, {
      kind: "refused",
      code: "onlyServicesPost",
      text: "in a live room only services post",
    });
    assert.equal((await live.post("goal")).kind, "published");
    assert.equal((await openRoom().post("notice")).kind, "published");
  });

  it("is refused when it is too large, and takes no place in the order", async () => {
    const { join, say } = openRoom();
    await join("1");
    const refused = await say("1", "x".repeat(DATA_BYTES_MAX - 1));
    assert.ok(refused.kind === "refused");
    assert.deepEqual([refused.code, refused.field], ["tooLarge", "/data"]);
    const published = await say("1", "x".repeat(DATA_BYTES_MAX - 2));
    assert.ok(published.kind === "published");
    assert.equal(published.offset, 1);
  });

  it("may change facts, which whoever comes later is told", async () => {
    const { post, join, subscribed, sent, kit } = openRoom({ policy: POLICIES.live });
    await post("kick-off", { home: 0, away: 0 });
    await post("goal", { home: 1 });
    const [, goal] = sent();
    assert.ok(goal?.kind === "publication");
    assert.deepEqual(goal.facts, { home: 1 });
    await join("1");
    assert.deepEqual(subscribed().facts, { home: 1, away: 0 });
    const known = await kit.ask({ kind: "history" });
    assert.deepEqual([known.facts, known.offset, known.members], [{ home: 1, away: 0 }, 2, 1]);
  });

  it("is refused when there would be too many facts, and changes none", async () => {
    const { post, kit, sent } = openRoom({ policy: POLICIES.live });
    const many = Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`fact ${index}`, index]));
    assert.equal((await post("start", many)).kind, "published");
    sent();
    const refused = await post("one more", { "fact 64": 1 });
    assert.deepEqual([refused.kind, refused.kind === "refused" && refused.code], ["refused", "tooManyFacts"]);
    const heavy = await post("heavy", { "fact 0": "x".repeat(17_000) });
    assert.deepEqual(
      [heavy.kind === "refused" && heavy.code, heavy.kind === "refused" && heavy.field],
      ["tooLarge", "/facts"],
    );
    assert.deepEqual(sent(), []);
    assert.deepEqual((await kit.ask({ kind: "history" })).facts, many);
  });
});

describe("what is said again under the same id", () => {
  it("is said once, and answered as the first time", async () => {
    const { post, sent, kit } = openRoom();
    const first = await post("one", { home: 1 }, "desk:1");
    assert.deepEqual(await post("another", { home: 2 }, "desk:1"), first);
    assert.equal((await post("two", undefined, "desk:2")).kind, "published");
    assert.equal(sent().length, 2);
    const { facts, offset } = await kit.ask({ kind: "history" });
    assert.deepEqual([facts, offset], [{ home: 1 }, 2]);
  });

  it("is known in the next process, too", async () => {
    const before = openRoom();
    const first = await before.post("one", undefined, "desk:1");
    const { post } = openRoom({ heirloom: before.kit.dump() });
    assert.deepEqual(await post("one", undefined, "desk:1"), first);
  });
});

describe("who comes back to a room", () => {
  it("gets what was said meanwhile, and knows that nothing is missing", async () => {
    const { join, say, subscribed, sent } = openRoom();
    await join("1");
    const { epoch } = subscribed();
    for (const text of ["one", "two", "three"]) await say("1", text);
    sent();
    await join("2", { recover: { epoch, offset: 1 } });
    const frame = subscribed();
    assert.deepEqual([frame.recovered, textsOf(frame), frame.offset], [true, ["two", "three"], 3]);
  });

  it("gets the latest and sees the gap when more was said than is kept", async () => {
    const { join, say, subscribed, sent } = openRoom();
    await join("1");
    const { epoch } = subscribed();
    for (const text of ["one", "two", "three", "four", "five"]) await say("1", text);
    sent();
    await join("2", { recover: { epoch, offset: 1 } });
    const frame = subscribed();
    assert.deepEqual([frame.recovered, textsOf(frame)], [false, ["three", "four", "five"]]);
  });

  it("sees a gap when what was said has grown too old", async () => {
    const { join, say, subscribed, sent, kit } = openRoom();
    await join("1");
    const { epoch } = subscribed();
    await say("1", "one");
    kit.advance(HOUR_MS + 1);
    sent();
    await join("2", { recover: { epoch, offset: 0 } });
    const frame = subscribed();
    assert.deepEqual([frame.recovered, textsOf(frame), frame.offset], [false, [], 1]);
  });

  it("sees a gap when the epoch or the offset is not of this life", async () => {
    const { join, say, subscribed, sent } = openRoom();
    await join("1");
    const { epoch } = subscribed();
    await say("1", "one");
    for (const recover of [
      { epoch: "another", offset: 1 },
      { epoch, offset: 2 },
    ]) {
      sent();
      await join("2", { recover });
      assert.equal(subscribed().recovered, false);
    }
  });
});

describe("a room that is restarted", () => {
  it("sends everybody away and shows a new epoch, so that the gap is seen", async () => {
    const { join, say, subscribed, kit, channel } = openRoom();
    await join("1");
    const { epoch } = subscribed();
    await say("1", "one");
    channel.takeTold();
    await kit.restart();
    assert.deepEqual(channel.takeTold(), [
      { kind: "publish", frame: { kind: "skipped", room: "chat/a", offset: 0 } },
      { kind: "close" },
    ]);
    assert.equal((await say("1", "two")).kind, "refused");
    await join("1", { recover: { epoch, offset: 1 } });
    const frame = subscribed();
    assert.notEqual(frame.epoch, epoch);
    assert.deepEqual([frame.recovered, frame.offset, frame.members], [false, 0, 1]);
  });
});

describe("an empty room", () => {
  it("closes a minute after it became empty", async () => {
    const { join, kit } = openRoom();
    await join("1");
    kit.advance(10 * 60_000);
    assert.ok(!kit.isStopped);
    kit.tell({ kind: "leave", member: "1" });
    kit.advance(59_999);
    assert.ok(!kit.isStopped);
    kit.advance(1);
    await kit.idle();
    assert.ok(kit.isStopped);
  });

  it("stays when somebody comes back in time", async () => {
    const { join, kit } = openRoom();
    await join("1");
    kit.tell({ kind: "leave", member: "1" });
    kit.advance(59_999);
    await join("1");
    kit.advance(60_000);
    assert.ok(!kit.isStopped);
  });

  it("closes when nobody ever came", async () => {
    const { kit } = openRoom();
    kit.advance(60_000);
    await kit.idle();
    assert.ok(kit.isStopped);
  });

  it("keeps what a live room was told for longer, counted from the last post", async () => {
    const { post, kit } = openRoom({ policy: POLICIES.live });
    await post("kick-off", { home: 0 });
    kit.advance(5 * HOUR_MS);
    await post("full time");
    kit.advance(6 * HOUR_MS - 1);
    assert.ok(!kit.isStopped);
    kit.advance(1);
    await kit.idle();
    assert.ok(kit.isStopped);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SAFE_LEASE } from "../../../../runtime/membership/lease.ts";
import { MemberWorld } from "../../../support/member-world.ts";
import type { MemberProcess } from "../../../support/member-world.ts";
import { newcomer } from "../../../support/member-facts.ts";

async function pair(): Promise<{ world: MemberWorld; a: MemberProcess; b: MemberProcess }> {
  const world = new MemberWorld();
  const [a, b] = await world.startAll("a", "b");
  assert.ok(a !== undefined && b !== undefined);
  return { world, a, b };
}

describe("a member", () => {
  it("holds its lease for as long as it renews", async () => {
    const { world, a, b } = await pair();
    await world.advance(600_000);
    assert.ok(a.member.holdsLease() && b.member.holdsLease());
    assert.deepEqual([a.told, b.told], [[], []]);
    assert.deepEqual(await world.states(), { a: "up", b: "up" });
  });

  it("hears of each change once, in order, and nothing of itself that it has not asked for", async () => {
    const { world, a } = await pair();
    const c = await world.start("c");
    await world.advance(3_000);
    await c.member.drain();
    await world.advance(3_000);
    await c.member.leave();
    await world.advance(3_000);
    assert.deepEqual(a.told, ["c up", "c leaving", "c dead"]);
    assert.deepEqual(c.told, ["a up", "b up", "c joining", "c up", "c leaving"]);
  });

  it("does not hold a lease before it has joined, nor after it has left", async () => {
    const { world, a, b } = await pair();
    await a.member.leave();
    assert.equal(a.member.holdsLease(), false);
    await world.advance(60_000);
    assert.deepEqual(a.told, []);
    assert.deepEqual(b.told, ["a dead"]);
  });

  it("does not take back what it knows when an older look at the table comes late", async () => {
    const { world, a } = await pair();
    a.way.answerMs = 900;
    const late = a.member.refresh();
    await world.advance(0);
    a.way.answerMs = 0;
    await world.start("c");
    await a.member.refresh();
    await world.advance(900);
    await late;
    assert.deepEqual(a.told, ["c up"]);
    assert.equal(a.member.view.version, (await world.table.read()).version);
    assert.equal(a.member.view.members.get("c/first")?.missingSinceMs, undefined);
  });

  it("does not join when a member speaks no version that it does, and leaves nothing behind", async () => {
    const { world, a } = await pair();
    const later = { ...newcomer("later"), protocol: { min: 2, max: 3 } };
    const member = world.member(later);
    assert.deepEqual(await member.join(), { kind: "refused", code: "incompatible" });
    assert.equal(member.holdsLease(), false);
    assert.equal((await world.states())["later"], "dead");
    await a.member.leave();
    assert.equal(
      (await world.member({ ...later, incarnation: "later/2" }).join()).kind,
      "refused",
      "b is left",
    );
    const both = { ...newcomer("both"), protocol: { min: 1, max: 2 } };
    assert.equal((await world.member(both).join()).kind, "joined");
  });

  it("is refused under an identity that another process has", async () => {
    const { world, a } = await pair();
    assert.deepEqual(await world.table.join({ ...newcomer("a"), token: "another" }), {
      kind: "refused",
      code: "identityTaken",
    });
    await world.advance(10_000);
    assert.ok(a.member.holdsLease());
  });
});

describe("a member whose way to the table is bad", () => {
  it("goes on when answers take two seconds", async () => {
    const { world, a } = await pair();
    a.way.answerMs = 2_000;
    await world.advance(60_000);
    assert.deepEqual(a.told, []);
    assert.ok(a.member.holdsLease());
  });

  it("stops when answers take five seconds, because they tell of leases long past", async () => {
    const { world, a } = await pair();
    a.way.answerMs = 5_000;
    await world.advance(60_000);
    assert.deepEqual(a.told, ["fenced lapsed"]);
    a.way.answerMs = 0;
    await world.advance(2_000);
    assert.deepEqual(a.told, ["fenced lapsed", "restored"]);
  });

  it("goes on when the table cannot be reached for a second", async () => {
    const { world, a } = await pair();
    a.way.isCut = true;
    await world.advance(1_000);
    a.way.isCut = false;
    await world.advance(60_000);
    assert.deepEqual(a.told, []);
  });

  it("stops four seconds after it sent the last renewal that was acknowledged, not later", async () => {
    const { world, a } = await pair();
    a.way.isCut = true;
    await world.advance(3_999);
    assert.equal(a.member.holdsLease(), true);
    await world.advance(1);
    assert.equal(a.member.holdsLease(), false);
    assert.deepEqual(a.told, ["fenced lapsed"]);
  });

  it("stops by itself, though the timers of its platform come a little early", async () => {
    const { world, a } = await pair();
    a.clock.timersEarlyMs = 0.5;
    await world.advance(10_000);
    a.way.isCut = true;
    await world.advance(4_001);
    assert.deepEqual(a.told, ["fenced lapsed"]);
  });

  it("goes on under its identity when it comes back before it was removed", async () => {
    const { world, a, b } = await pair();
    a.way.isCut = true;
    await world.advance(5_500);
    a.way.isCut = false;
    await world.advance(5_000);
    assert.deepEqual(a.told, ["fenced lapsed", "restored"]);
    assert.ok(a.member.holdsLease());
    assert.deepEqual(b.told, []);
  });

  it("has stopped three seconds before it is removed, and learns of that when it comes back", async () => {
    const { world, a, b } = await pair();
    a.way.isCut = true;
    const fencedAtMs = world.clock.nowMs() + 4_000;
    while (!b.told.includes("a dead")) await world.advance(10);
    assert.ok(world.clock.nowMs() - fencedAtMs >= 3_000);
    assert.deepEqual(a.told, ["fenced lapsed"]);
    a.way.isCut = false;
    await world.advance(60_000);
    assert.deepEqual(a.told, ["fenced lapsed", "fenced removed"]);
    assert.equal(a.member.holdsLease(), false);
  });

  it("is removed at the moment at which it is due, and all others learn of it together", async () => {
    const world = new MemberWorld();
    // They renew at different times of a second.
    const a = await world.start("a");
    await world.advance(400);
    const b = await world.start("b");
    await world.advance(300);
    const c = await world.start("c");
    await world.advance(10_000);
    for (const { told } of [b, c]) told.length = 0;
    a.way.isCut = true;
    const leftMs = (await world.table.leases()).get("a/first") ?? 0;
    await world.advance(leftMs + SAFE_LEASE.removeAfterMs - 1);
    assert.deepEqual([b.told, c.told], [[], []]);
    await world.advance(20);
    assert.deepEqual([b.told, c.told], [["a dead"], ["a dead"]]);
  });

  it("removes nobody, and is not removed, when the table was gone for all of them", async () => {
    const { world, a, b } = await pair();
    for (const { way } of [a, b]) way.isCut = true;
    await world.advance(600_000);
    a.way.isCut = false;
    await world.advance(3_000);
    b.way.isCut = false;
    await world.advance(60_000);
    assert.deepEqual(
      [a.told, b.told],
      [
        ["fenced lapsed", "restored"],
        ["fenced lapsed", "restored"],
      ],
    );
    assert.ok(a.log.lines.some(({ event }) => event === "cluster.removalsHeld"));
  });

  it("stops when it hears no answers, though the table has renewed its lease, and is not removed", async () => {
    const { world, a, b } = await pair();
    a.way.losesAnswers = true;
    await world.advance(60_000);
    assert.deepEqual(a.told, ["fenced lapsed"]);
    a.way.losesAnswers = false;
    await world.advance(3_000);
    assert.deepEqual(a.told, ["fenced lapsed", "restored"]);
    assert.deepEqual(b.told, []);
  });

  it("does not heap up renewals on a table that never answers", async () => {
    const { world, a } = await pair();
    let sent = 0;
    const renew = world.table.renew.bind(world.table);
    world.table.renew = (renewal) => {
      if (renewal.incarnation === "a/first") sent++;
      return renew(renewal);
    };
    a.way.answerMs = 3_600_000;
    await world.advance(60_000);
    assert.ok(sent > 10 && sent <= 44, `${sent}`);
    a.way.answerMs = 0;
    await world.advance(8_000);
    assert.ok(a.member.holdsLease());
  });
});

describe("a member whose process is paused", () => {
  async function paused(durationMs: number, stoodStillMs = 0) {
    const { world, a, b } = await pair();
    a.clock.pause();
    await world.advance(durationMs);
    const late = a.clock.resume({ stoodStillMs });
    return { world, a, b, late };
  }

  it("goes on after three seconds", async () => {
    const { world, a, late } = await paused(3_000);
    assert.equal(a.member.holdsLease(), true);
    await late.runLate();
    await world.advance(60_000);
    assert.deepEqual(a.told, []);
  });

  it("stops after five seconds at the first question, before any timer runs, and goes on after a renewal", async () => {
    const { world, a, b, late } = await paused(5_000);
    assert.equal(a.member.holdsLease(), false);
    assert.deepEqual(a.told, ["fenced lapsed"]);
    await late.runLate();
    await world.advance(2_000);
    assert.deepEqual(a.told, ["fenced lapsed", "restored"]);
    assert.deepEqual(b.told, []);
  });

  it("stops by itself when it is not asked, also when a renewal is acknowledged before that is due", async () => {
    const { a, late } = await paused(5_000);
    await late.runLate();
    assert.deepEqual(a.told, ["fenced lapsed", "restored"]);
  });

  it("stops by itself also when the answer to an old renewal comes before its timers", async () => {
    const { world, a } = await pair();
    a.way.answerMs = 500;
    await world.advance(1_400);
    a.clock.pause();
    await world.advance(5_000);
    a.way.isCut = true;
    await a.clock.resume().runLate();
    await world.advance(10_000);
    assert.deepEqual(a.told, ["fenced lapsed"]);
  });

  it("has been removed after a minute, and stops for good", async () => {
    const { world, a, b, late } = await paused(60_000);
    assert.deepEqual(b.told, ["a dead"]);
    assert.equal(a.member.holdsLease(), false);
    await late.runLate();
    await world.advance(60_000);
    assert.deepEqual(a.told, ["fenced lapsed", "fenced removed"]);
    assert.deepEqual(await world.states(), { a: "dead", b: "up" });
  });

  it("notices that its machine was suspended, and stops as soon as the table says so", async () => {
    const { world, a, late } = await paused(60_000, 60_000);
    assert.equal(a.member.holdsLease(), true, "its clock cannot know; the fence in the store does");
    await late.runLate();
    await world.advance(0);
    assert.deepEqual(a.told, ["fenced removed"]);
    const jump = a.log.lines.find(({ event }) => event === "cluster.clockJumped");
    assert.deepEqual(jump?.fields, { jumpMs: 60_000 });
  });

  it("does not mind a wall clock that is set an hour forward or back", async () => {
    const { world, a } = await pair();
    for (const step of [3_600_000, -3_600_000]) {
      a.clock.wallStepMs = step;
      await world.advance(10_000);
    }
    assert.deepEqual(a.told, []);
    assert.ok(a.member.holdsLease());
  });
});

describe("a member of a table that has forgotten something", () => {
  it("writes its row again, so that nobody dies of it", async () => {
    const { world, a, b } = await pair();
    world.table.forget();
    await world.advance(30_000);
    assert.deepEqual(await world.states(), { a: "up", b: "up" });
    assert.deepEqual([a.told, b.told], [["source"], ["source"]]);
    assert.ok(a.member.holdsLease() && b.member.holdsLease());
  });

  it("stops for good when its lease was over by then", async () => {
    const { world, a } = await pair();
    a.way.isCut = true;
    await world.advance(5_000);
    world.table.forget();
    a.way.isCut = false;
    await world.advance(10_000);
    assert.deepEqual(a.told, ["fenced lapsed", "fenced forgotten"]);
  });

  it("hears of another copy before it may act again, so that the barrier stands first", async () => {
    const { world, a } = await pair();
    a.way.isCut = true;
    await world.advance(5_000);
    world.table.forget();
    await world.table.join(newcomer("a"));
    a.way.isCut = false;
    await world.advance(3_000);
    assert.deepEqual(a.told, ["fenced lapsed", "source", "restored"]);
  });

  it("takes a member for dead that does not write its row again", async () => {
    const { world, a, b } = await pair();
    b.way.isCut = true;
    world.table.forget();
    await world.advance(7_000);
    assert.deepEqual(a.told, ["source"]);
    await world.advance(3_000);
    assert.deepEqual(a.told, ["source", "b dead"]);
  });

  it("says again who is dead, when the table takes it to be alive", async () => {
    const { world, a, b } = await pair();
    b.way.isCut = true;
    while (!a.told.includes("b dead")) await world.advance(1_000);
    world.table.forget();
    await world.table.join(newcomer("b"));
    await world.advance(5_000);
    assert.deepEqual(await world.states(), { a: "up", b: "dead" });
    b.way.isCut = false;
    await world.advance(3_000);
    assert.equal(b.told.at(-1), "fenced removed");
    assert.deepEqual(a.told, ["b dead", "source"]);
  });
});

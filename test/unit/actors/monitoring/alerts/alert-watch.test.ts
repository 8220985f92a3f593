import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { BlockJudge } from "../../../../../actors/monitoring/alerts/judge-blocks.ts";
import { Fault } from "../../../../../runtime/fault.ts";
import { alertRule } from "../../../../support/alert-run.ts";
import { tallyOf } from "../../../../support/counted-logs.ts";
import { AlertWorld } from "../../../../support/alert-world.ts";

const orders = alertRule({ name: "orders", metric: "orders", fireAbove: 5, for: 2 });
const requests = alertRule({ name: "quiet", kind: "absence", for: 1 });

describe("the watch of the alerts", () => {
  it("has a rule judge each block once it has passed, and alarms say what came of it", async () => {
    const world = new AlertWorld([orders]);
    await world.watch();
    await world.order(6);
    assert.equal(await world.phase("orders"), "inactive", "the block is not over");
    await world.passBlock();
    assert.equal(await world.phase("orders"), "pending");
    assert.deepEqual(await world.active(), []);
    await world.order(7);
    await world.passBlock();
    assert.equal(await world.phase("orders"), "firing");
    assert.deepEqual(await world.active(), ["alert:orders"]);
    await world.passBlock();
    assert.equal(await world.phase("orders"), "resolved");
    await world.pass(3_000);
    assert.deepEqual(await world.active(), []);
  });

  it("goes on where it was after a kill, and judges nothing twice", async () => {
    const before = new AlertWorld([orders]);
    await before.watch();
    for (const count of [6, 6]) {
      await before.order(count);
      await before.passBlock();
    }
    const known = await before.history("orders");
    assert.equal(known.length, 2);
    const after = new AlertWorld([orders], before.counts.journal);
    // The clock of a test begins anew with its world.
    await after.pass(before.counts.virtual.clock.wallMs() - after.counts.virtual.clock.wallMs());
    await after.watch();
    await after.pass(5_000);
    assert.deepEqual(await after.history("orders"), known);
    assert.deepEqual(await after.active(), ["alert:orders"]);
  });

  it("sees what was wrong before the rule was there", async () => {
    const world = new AlertWorld([orders]);
    for (const count of [6, 6]) {
      await world.order(count);
      await world.passBlock();
    }
    await world.watch();
    await world.pass(5_000);
    assert.equal(await world.phase("orders"), "firing");
  });

  it("stands still while a partition is silent, says so, and goes on with every block", async () => {
    const world = new AlertWorld([requests]);
    const { counts } = world;
    const caughtUp = () =>
      counts.say("gateway/one", { state: "caughtUp", atMs: counts.virtual.clock.wallMs() });
    const nowMs = counts.virtual.clock.wallMs();
    await counts.submit("gateway/one", {
      to: "1",
      tally: tallyOf([], [{ timeMs: nowMs, status: 200 }], nowMs),
    });
    await world.watch();
    const held = () => counts.virtual.log.lines.filter(({ event }) => event.startsWith("alert."));
    // Nobody says anything of the partition for half an hour.
    await world.pass(1_800_000);
    assert.equal(await world.phase("quiet"), "inactive");
    assert.deepEqual(
      held().map(({ event }) => event),
      ["alert.held"],
    );
    await caughtUp();
    await world.pass(9_000);
    await caughtUp();
    await world.pass(9_000);
    assert.equal(await world.phase("quiet"), "firing");
    assert.deepEqual(
      held().map(({ event }) => event),
      ["alert.held", "alert.wentOn"],
    );
    assert.match(
      JSON.stringify(held()[0]?.fields),
      /rules wait for gateway\/one: behind, or nothing is heard/,
    );
  });

  it("goes on with all others while an alert never answers, and says so", async () => {
    const world = new AlertWorld([requests, orders]);
    const { journal, virtual } = world.counts;
    const load = journal.load.bind(journal);
    journal.load = (entity, ...rest) =>
      entity.id === "quiet" ? new Promise<never>(() => {}) : load(entity, ...rest);
    await world.watch();
    for (const count of [6, 6]) {
      await world.order(count);
      await world.passBlock();
    }
    await world.pass(20_000);
    assert.deepEqual([await world.phase("orders"), await world.active()], ["firing", ["alert:orders"]]);
    await world.pass(1_000_000);
    assert.ok(virtual.events.includes("alert.held"));
  });

  it("tells nobody of an alert that another one inhibits", async () => {
    const also = alertRule({ ...orders, name: "also", inhibitedBy: ["orders"], fireAbove: 4 });
    const world = new AlertWorld([also, orders]);
    await world.watch();
    for (const count of [6, 6]) {
      await world.order(count);
      await world.passBlock();
    }
    assert.deepEqual([await world.phase("also"), await world.active()], ["firing", ["alert:orders"]]);
    await world.order(5);
    await world.passBlock();
    await world.pass(3_000);
    assert.deepEqual([await world.phase("also"), await world.active()], ["firing", ["alert:also"]]);
  });

  it("tells that it is over also when the process was killed before it was", async () => {
    const before = new AlertWorld([orders]);
    await before.watch();
    for (const count of [6, 6]) {
      await before.order(count);
      await before.passBlock();
    }
    assert.deepEqual(await before.active(), ["alert:orders"]);
    const after = new AlertWorld([orders], before.counts.journal);
    await after.pass(before.counts.virtual.clock.wallMs() - after.counts.virtual.clock.wallMs());
    await after.passBlock();
    await after.watch();
    await after.pass(10_000);
    assert.equal(await after.phase("orders"), "resolved");
    assert.deepEqual([await after.active(), await after.ended()], [[], 1]);
  });

  it("has people told that it is over when somebody wants silence, and anew after it", async () => {
    const world = new AlertWorld([orders]);
    await world.watch();
    for (const count of [6, 6]) {
      await world.order(count);
      await world.passBlock();
    }
    const untilMs = world.counts.virtual.clock.wallMs() + 60_000;
    void world.counts.virtual.ask(world.rules.entity("orders"), {
      kind: "act",
      act: "silence",
      by: "ana",
      untilMs,
    });
    await world.pass(10_000);
    assert.deepEqual([await world.active(), await world.ended()], [[], 1]);
    await world.pass(60_000);
    assert.deepEqual([await world.active(), await world.ended()], [["alert:orders"], 1]);
  });

  it("leaves the alarms to the next one when it goes to another node", async () => {
    const world = new AlertWorld([orders]);
    await world.watch();
    for (const count of [6, 6]) {
      await world.order(count);
      await world.passBlock();
    }
    await world.stopWatch();
    assert.deepEqual(await world.active(), []);
    assert.equal(await world.ended(), 0, "nobody is told that it is over");
  });
});

describe("an alert", () => {
  const facts = (from: number, values: readonly number[]) =>
    values.map((value, index) => ({ block: from + index, value, volume: value, completeness: 1 }));

  it("judges no block twice, whoever asks", async () => {
    const world = new AlertWorld([]);
    const { virtual } = world.counts;
    const judge = async (from: number, values: readonly number[]) => {
      const asked = { kind: "judge", rule: orders, zone: "UTC", facts: facts(from, values) } as const;
      const reply = virtual.ask(world.rules.entity("orders"), asked);
      await virtual.settle();
      return reply;
    };
    assert.equal((await judge(100, [9, 9])).kind, "judged");
    assert.deepEqual(await judge(100, [9, 9]), { kind: "moved", next: 102 });
    assert.deepEqual(await judge(101, [0]), { kind: "moved", next: 102 });
    assert.equal((await judge(102, [9])).kind, "judged");
    assert.equal((await world.history("orders")).length, 2);
  });

  it("begins anew when its rule looks at something else, and keeps what has become of it", async () => {
    const world = new AlertWorld([]);
    const { virtual } = world.counts;
    const judge = async (rule: typeof orders, from: number, values: readonly number[]) => {
      const asked = { kind: "judge", rule, zone: "UTC", facts: facts(from, values) } as const;
      void virtual.ask(world.rules.entity("orders"), asked);
      await virtual.settle();
      return world.phase("orders");
    };
    assert.equal(await judge(orders, 100, [9, 9]), "firing");
    assert.equal(await judge({ ...orders, fireAbove: 8 }, 102, [9]), "firing", "it looks at the same");
    assert.equal(await judge({ ...orders, metric: "requests" }, 103, [9]), "pending");
    assert.equal(await judge({ ...orders, metric: "requests" }, 104, [9]), "firing");
    assert.deepEqual(
      (await world.history("orders")).map(({ became }) => became),
      ["pending", "firing", "pending", "firing"],
    );
  });

  it("that does not answer keeps no other one silent", async () => {
    const world = new AlertWorld([orders, requests]);
    const { virtual } = world.counts;
    await world.order(6);
    await world.passBlock();
    const fault = new Fault("askTimeout");
    const ask = (to: never, message: never) =>
      isDeepStrictEqual(to, world.rules.entity("quiet")) ? Promise.reject(fault) : virtual.ask(to, message);
    const context = { ask, wallMs: () => virtual.clock.wallMs(), beat: () => {} };
    const looked = new BlockJudge(world.source).look(context as never);
    await virtual.settle();
    const { seen, silent, error } = await looked;
    assert.deepEqual(
      seen.map(({ rule, standing }) => [rule.name, standing.phase]),
      [["orders", "pending"]],
    );
    assert.deepEqual([silent, error], [["quiet"], fault]);
  });

  it("is acknowledged while it fires, and silent until a time", async () => {
    const world = new AlertWorld([]);
    const { virtual } = world.counts;
    const alert = world.rules.entity("orders");
    const act = async (said: { act: "acknowledge" | "silence" | "hear"; untilMs?: number }) => {
      const reply = virtual.ask(alert, { kind: "act", by: "ana", ...said });
      await virtual.settle();
      return (await reply).kind;
    };
    assert.equal(await act({ act: "acknowledge" }), "refused");
    assert.equal(await act({ act: "silence" }), "refused");
    assert.equal(await act({ act: "silence", untilMs: virtual.clock.wallMs() + 60_000 }), "done");
    assert.equal(await act({ act: "hear" }), "done");
    assert.deepEqual(
      (await world.history("orders")).map(({ became, by }) => `${became} ${by}`),
      ["silenced ana", "heard ana"],
    );
  });
});

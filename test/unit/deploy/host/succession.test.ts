import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Announcement } from "../../../../deploy/host/announcement.ts";
import { Crew } from "../../../../deploy/host/crew.ts";
import { RecentEnds } from "../../../../deploy/host/end/recent-ends.ts";
import { ListeningHandles } from "../../../../deploy/host/ports/listening-handles.ts";
import type { WantedPort } from "../../../../deploy/host/ports/listening-handles.ts";
import { Succession } from "../../../../deploy/host/succession.ts";
import { WorkerProcess } from "../../../../deploy/host/worker/worker-process.ts";
import { loadSettings } from "../../../../deploy/settings.ts";
import { VirtualClock } from "../../../../runtime/time/virtual-clock.ts";
import { LogRecord } from "../../../support/log-record.ts";
import { ObedientChild } from "../../../support/obedient-child.ts";
import type { Told } from "../../../support/obedient-child.ts";

const FIRST_PID = 1_000_001;
const TURNS = 20;
const STOP_WITHIN_MS = 1_000;
/** Longer than any worker is waited for, in milliseconds. */
const TOO_LONG_MS = 600_000;

/** Notes which ports are left open. */
class NotedHandles extends ListeningHandles {
  readonly kept: number[][] = [];

  override keepOnly(wanted: readonly WantedPort[]): void {
    this.kept.push(wanted.map(({ port }) => port));
  }
}

/** A succession of obedient workers whose data directory can be full. */
class Stage {
  readonly children: ObedientChild[] = [];
  readonly log = new LogRecord();
  readonly clock = new VirtualClock();
  readonly announced: number[] = [];
  readonly handles = new NotedHandles();
  isFull = true;
  isHeld = false;
  /** What the workers that are started from now on do not obey. */
  deafTo: readonly Told[] = [];
  /** What was told to whom, in order, without the beats: `0 serve`. */
  readonly told: string[] = [];
  readonly announcement: Announcement;
  readonly succession: Succession;

  constructor() {
    const { host: given } = loadSettings({ folder: "/no/such/folder", environment: {}, flags: [] });
    // The workers answer no beat.
    const host = { ...given, silentAfterMs: Infinity };
    const { log, clock } = this;
    this.announcement = new Announcement({
      log,
      write: (_, pid) => {
        if (this.isFull) throw new Error("ENOSPC: no space left on device, write");
        this.announced.push(pid);
      },
    });
    const shared = { settings: host, log, clock };
    const crew = new Crew({
      ...shared,
      number: 1,
      recent: new RecentEnds(),
      stopWithinMs: STOP_WITHIN_MS,
      onlooker: "none",
      spawn: ({ number }) => this.#spawn(number),
    });
    this.succession = new Succession({
      ...shared,
      crew,
      handles: this.handles,
      onServing: (urls, pid) => this.announcement.take(urls, pid),
    });
  }

  get alive(): number[] {
    return this.children.filter(({ connected }) => connected).map(({ pid }) => pid);
  }

  seen(event: string): number {
    return this.log.lines.filter((line) => line.event === event).length;
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    for (let turns = 0; turns < TURNS; turns++) await turn();
  }

  /** Lets the clock run to its next timer, and then everything happen. */
  async pass(): Promise<void> {
    this.clock.step(200);
    await this.settle();
  }

  /** Lets more time pass than any worker is waited for. */
  async passLong(): Promise<void> {
    this.clock.advance(TOO_LONG_MS);
    await this.settle();
  }

  /** Ends all, so that no timer is left over. */
  async close(): Promise<void> {
    await this.succession.end(undefined);
    await this.settle();
  }

  #spawn(number: number): WorkerProcess {
    const index = this.children.length;
    const child = new ObedientChild(FIRST_PID + index, {
      deafTo: this.deafTo,
      note: (told) => told !== "beat" && this.told.push(`${index} ${told}`),
    });
    this.children.push(child);
    const worker = new WorkerProcess({
      number,
      child: child as unknown as ChildProcess,
      dataDir: "/no/such/folder",
      events: {
        onRequest: () => undefined,
        onEnd: (ended, end) => this.succession.ended(ended, end),
      },
    });
    // Each has settings of its own.
    worker.wantsPort({ listener: "web", host: "127.0.0.1", port: child.pid });
    queueMicrotask(() => {
      child.say({ kind: "hello", pid: child.pid, version: "1" });
      if (!this.isHeld) child.say({ kind: "prepared" });
    });
    return worker;
  }
}

describe("a data directory that is full", () => {
  it("fails no start, and is written once it can be", async () => {
    const stage = new Stage();
    await stage.succession.begin();
    stage.announcement.retry();
    assert.equal(stage.succession.doing, "serving");
    assert.equal(stage.seen("host.unannounced"), 1);
    stage.isFull = false;
    stage.announcement.retry();
    stage.announcement.retry();
    assert.deepEqual(stage.announced, [FIRST_PID]);
    await stage.close();
  });

  it("fails no reload: the new worker serves alone", async () => {
    const stage = new Stage();
    await stage.succession.begin();
    const answer = await stage.succession.reload(() => undefined);
    assert.equal(answer.kind, "done", JSON.stringify(answer));
    assert.equal(stage.succession.doing, "serving");
    assert.deepEqual(stage.alive, [FIRST_PID + 1]);
    await stage.close();
  });

  it("does not have a second worker started beside the one that follows a dead one", async () => {
    const stage = new Stage();
    await stage.succession.begin();
    stage.children[0]?.end(1);
    for (let tries = 0; tries < 10; tries++) await stage.pass();
    assert.equal(stage.succession.doing, "serving");
    assert.deepEqual(stage.alive, [FIRST_PID + 1]);
    assert.equal(stage.children.length, 2);
    await stage.close();
  });
});

describe("the ports of a host", () => {
  it("are those of the worker that serves, after a start, a reload and a death", async () => {
    const stage = new Stage();
    await stage.succession.begin();
    await stage.succession.reload(() => undefined);
    stage.children[1]?.end(1);
    for (let tries = 0; tries < 10; tries++) await stage.pass();
    assert.deepEqual(stage.handles.kept, [[FIRST_PID], [FIRST_PID + 1], [FIRST_PID + 2]]);
    await stage.close();
  });

  it("are those of the old worker again when the new one is refused", async () => {
    const stage = new Stage();
    await stage.succession.begin();
    stage.isHeld = true;
    const reload = stage.succession.reload(() => undefined);
    await stage.settle();
    stage.children[1]?.end(1);
    assert.equal((await reload).kind, "refused");
    assert.deepEqual(stage.handles.kept, [[FIRST_PID], [FIRST_PID]]);
    await stage.close();
  });
});

describe("operators who want a try at once while nobody serves", () => {
  it("are all answered, also when the host stops first", async () => {
    const stage = new Stage();
    await stage.succession.begin();
    stage.children[0]?.end(1);
    await stage.settle();
    assert.equal(stage.succession.doing, "waiting");
    const answers = [1, 2].map(() => stage.succession.reload(() => undefined));
    await stage.close();
    for (const answer of await Promise.all(answers)) assert.notEqual(answer.kind, "event");
  });
});

describe("a reload that nobody waits for", () => {
  it("is made once after the present change, however often it was asked for", async () => {
    const stage = new Stage();
    await stage.succession.begin();
    stage.isHeld = true;
    const first = stage.succession.reload(() => undefined);
    for (const signal of ["SIGUSR2", "SIGHUP", "SIGUSR2"]) stage.succession.reloadSoon(signal);
    await stage.settle();
    stage.isHeld = false;
    stage.children[1]?.say({ kind: "prepared" });
    assert.equal((await first).kind, "done");
    await stage.settle();
    assert.equal(stage.seen("reload.postponed"), 1);
    assert.equal(stage.seen("reload.done"), 2);
    assert.deepEqual(stage.alive, [FIRST_PID + 2]);
    await stage.close();
  });

  it("needs none of its own when the change was only about to start its worker", async () => {
    const stage = new Stage();
    stage.succession.reloadSoon("SIGUSR2");
    await stage.succession.begin();
    await stage.settle();
    assert.equal(stage.seen("reload.postponed"), 1);
    assert.equal(stage.children.length, 1);
    await stage.close();
  });
});

describe("a restart", () => {
  it("is logged as what it is", async () => {
    const stage = new Stage();
    await stage.succession.begin();
    const answer = await stage.succession.restart(() => undefined);
    assert.equal(answer.kind, "done", JSON.stringify(answer));
    assert.deepEqual([stage.seen("restart.begun"), stage.seen("restart.done")], [1, 1]);
    assert.deepEqual([stage.seen("reload.begun"), stage.seen("reload.done")], [0, 0]);
    assert.deepEqual(stage.alive, [FIRST_PID + 1]);
    await stage.close();
  });
});

describe("a worker that cannot follow", () => {
  const CASES = [
    { failing: "gets not ready", act: "reload", deafTo: [], isHeld: true },
    { failing: "does not take over", act: "reload", deafTo: ["adopt"], isHeld: false },
    { failing: "does not open its doors", act: "restart", deafTo: ["serve"], isHeld: false },
  ] as const;
  for (const { failing, act, deafTo, isHeld } of CASES) {
    it(`is killed once when it ${failing} in time, and is gone when that is told`, async () => {
      const stage = new Stage();
      await stage.succession.begin();
      Object.assign(stage, { deafTo, isHeld });
      const answer = stage.succession[act](() => undefined);
      await stage.settle();
      await stage.passLong();
      assert.equal((await answer).kind, "refused");
      assert.equal(stage.children[1]?.connected, false);
      assert.deepEqual(
        stage.told.filter((told) => told === "1 kill"),
        ["1 kill"],
      );
      await stage.close();
    });
  }

  it("is dead before the old one goes on with what has moved", async () => {
    const stage = new Stage();
    await stage.succession.begin();
    stage.deafTo = ["adopt"];
    const reload = stage.succession.reload(() => undefined);
    await stage.settle();
    await stage.passLong();
    await reload;
    assert.deepEqual(stage.told.slice(1), ["1 adopt", "0 handOver", "1 kill", "0 keep"]);
    assert.deepEqual(stage.alive, [FIRST_PID]);
    assert.equal(stage.succession.doing, "serving");
    await stage.close();
  });
});

describe("a worker that was followed", () => {
  it("is killed once when it does not stop in time, and only then the reload is done", async () => {
    const stage = new Stage();
    stage.deafTo = ["stop"];
    await stage.succession.begin();
    stage.deafTo = [];
    let isDone = false;
    const reload = stage.succession.reload(() => undefined).finally(() => (isDone = true));
    await stage.settle();
    assert.equal(isDone, false);
    await stage.passLong();
    assert.equal((await reload).kind, "done");
    assert.deepEqual(stage.told.slice(1), ["1 adopt", "0 handOver", "0 stop", "0 kill"]);
    await stage.close();
  });
});

import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { ToWorker } from "../../../../protocols/host.ts";
import { Announcement } from "../../../../deploy/host/announcement.ts";
import { Crew } from "../../../../deploy/host/crew.ts";
import { ListeningHandles } from "../../../../deploy/host/listening-handles.ts";
import type { WantedPort } from "../../../../deploy/host/listening-handles.ts";
import { Succession } from "../../../../deploy/host/succession.ts";
import { WorkerProcess } from "../../../../deploy/host/worker-process.ts";
import { loadSettings } from "../../../../deploy/settings.ts";
import { VirtualClock } from "../../../../runtime/time/virtual-clock.ts";
import { LogRecord } from "../../../support/log-record.ts";

const URLS = { opsUrl: "http://127.0.0.1:1", listeners: {} };
const FIRST_PID = 1_000_001;
const TURNS = 20;

/** A worker's process that does at once what it is told. */
class ObedientChild extends EventEmitter {
  readonly pid: number;
  readonly stderr = null;
  connected = true;

  constructor(pid: number) {
    super();
    this.pid = pid;
  }

  send(message: ToWorker, ...rest: unknown[]): boolean {
    const done = rest.find((word): word is () => void => typeof word === "function");
    queueMicrotask(() => {
      done?.();
      this.#obey(message);
    });
    return true;
  }

  kill(): boolean {
    this.end(null, "SIGKILL");
    return true;
  }

  say(message: object): void {
    this.emit("message", message);
  }

  end(code: number | null, signal: string | null = null): void {
    if (!this.connected) return;
    this.connected = false;
    this.emit("disconnect");
    this.emit("exit", code, signal);
  }

  #obey({ kind }: ToWorker): void {
    if (kind === "serve" || kind === "adopt") this.say({ kind: "serving", urls: URLS });
    if (kind === "handOver") this.say({ kind: "handedOver", connections: 0, lost: 0 });
    if (kind === "stop") this.end(0);
  }
}

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
  readonly announcement: Announcement;
  readonly succession: Succession;

  constructor() {
    const { host } = loadSettings({ folder: "/no/such/folder", environment: {}, flags: [] });
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
      stopWithinMs: 1_000,
      onlooker: "none",
      spawn: (number) => this.#spawn(number),
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

  /** Ends all, so that no timer is left over. */
  async close(): Promise<void> {
    await this.succession.end(undefined);
    await this.settle();
  }

  #spawn(number: number): WorkerProcess {
    const child = new ObedientChild(FIRST_PID + this.children.length);
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
    worker.ports.push({ listener: "web", host: "127.0.0.1", port: child.pid });
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

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as endOfTurn } from "node:timers/promises";
import type { ActorSystem } from "../../../../../runtime/kernel/actor-system.ts";
import { HandOver } from "../../../../../runtime/net/hand-over/hand-over.ts";
import type { HandOverCounts } from "../../../../../runtime/net/hand-over/hand-over.ts";
import type { MovedConnection } from "../../../../../runtime/net/hand-over/moved-connection.ts";
import type { RawHandle } from "../../../../../runtime/net/hand-over/raw-handle.ts";
import type { Port } from "../../../../../runtime/net/port.ts";
import type { Guest } from "../../../../../runtime/net/reception.ts";
import { FakeHandle, FakePeer } from "../../../../support/fake-peer.ts";
import { SendPaths } from "../../../../support/fake-wire.ts";
import { leavingGuest } from "../../../../support/leaving-guest.ts";
import type { LeavingGuest } from "../../../../support/leaving-guest.ts";
import { LogRecord } from "../../../../support/log-record.ts";

const REQUESTS_WITHIN_MS = 2_000;
const TURNS = 20;
const HEIRLOOM = { path: "/a", type: "script", version: 1, data: ["note"] };

/** A port that the test plays: notes what becomes of it. */
class FakePort {
  readonly name: string;
  guests: Guest[] = [];
  hasComing = false;
  readonly idle: FakeHandle[] = [];
  readonly adopted: [id: string, handle: RawHandle, latest: string][] = [];
  readonly #seen: (deed: string) => void;
  readonly httpSockets = {
    areQuiet: true,
    rest: () => undefined,
    goOn: () => this.#seen("goOn"),
    release: () => this.idle.splice(0),
    dismissOthers: () => this.#seen("dismissOthers"),
  };

  constructor(name: string, seen: (deed: string) => void) {
    this.name = name;
    this.#seen = (deed) => seen(`${name} ${deed}`);
  }

  shut(): void {
    this.#seen("shut");
  }

  open(): Promise<number> {
    this.#seen("open");
    return Promise.resolve(1);
  }

  adopt({ id }: MovedConnection, handle: RawHandle, latest: Buffer): boolean {
    this.adopted.push([id, handle, latest.toString()]);
    return true;
  }
}

/** A process that hands over, and what it does, in order. */
class Predecessor {
  readonly deeds: string[] = [];
  readonly paths = new SendPaths();
  readonly peer = new FakePeer();
  readonly log = new LogRecord();
  readonly web = new FakePort("web", (deed) => void this.deeds.push(deed));
  readonly operators = new FakePort("operators", (deed) => void this.deeds.push(deed));
  readonly subscribed = new Set<string>();
  /** Whose actors never answer. */
  readonly mute = new Set<string>();
  readonly handOver: HandOver;
  dumped: Promise<unknown[]> = Promise.resolve([HEIRLOOM]);
  left: Promise<void> = Promise.resolve();

  constructor() {
    const system = {
      clock: this.paths.clock,
      log: this.log,
      dump: () => this.#do("dump", this.dumped),
      thaw: () => this.#do("thaw", undefined),
      tell: ({ address }: { address: string }, { kind }: { kind: string }) =>
        this.#do(`${address} ${kind}`, "accepted"),
      ask: ({ address }: { address: string }, { kind }: { kind: string }) => this.#answer(address, kind),
    } as unknown as ActorSystem;
    this.handOver = new HandOver({
      ports: [this.web as unknown as Port],
      operators: this.operators as unknown as Port,
      keepsakes: [{ name: "rooms", version: 2, dump: () => "kept", load: () => undefined }],
      stored: {
        leave: () => this.#do("leave what is stored", this.left),
        comeBack: () => this.#do("take back what is stored", Promise.resolve()),
      },
      system,
      peer: this.peer,
    });
  }

  /** Lets clients be connected to the web port. */
  connects(...ids: string[]): LeavingGuest[] {
    const clients = ids.map((id) => leavingGuest(this.paths, id));
    this.web.guests.push(...clients.map(({ guest }) => guest));
    return clients;
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    for (let turns = 0; turns < TURNS; turns++) await endOfTurn();
  }

  async pass(ms: number): Promise<void> {
    const { clock } = this.paths;
    const endMs = clock.nowMs() + ms;
    do await this.settle();
    while (clock.step(endMs - clock.nowMs()));
  }

  /** Begins to hand over, as far as the state. */
  async begin(): Promise<{ readonly counts: Promise<HandOverCounts> }> {
    const counts = this.handOver.run();
    // Whoever wants to know hears of a failure later.
    counts.catch(() => undefined);
    await this.settle();
    return { counts };
  }

  /** Lets the other process serve. */
  async serves(): Promise<void> {
    this.peer.says({ kind: "serving" });
    await this.settle();
  }

  /** The connections that were sent since the last look. */
  sent(): string[] {
    const words = this.peer.take() as { readonly kind: string; readonly id: string }[];
    return words.filter(({ kind }) => kind === "connection").map(({ id }) => id);
  }

  /** Lets the other process say that it has these. */
  async attaches(...ids: string[]): Promise<void> {
    // Nobody finds one that has left among the guests.
    this.web.guests = this.web.guests.filter(({ id }) => !ids.includes(id));
    this.peer.says({ kind: "attached", ids });
    await this.settle();
  }

  #do<T>(deed: string, answer: T): T {
    this.deeds.push(deed);
    return answer;
  }

  #answer(address: string, kind: string): Promise<unknown> {
    this.deeds.push(`${address} ${kind}`);
    if (this.mute.has(address)) return Promise.reject(new Error("no answer"));
    return Promise.resolve(
      kind === "rest"
        ? { kind: "resting", isSubscribed: this.subscribed.has(address) }
        : { kind: "handedOver", data: undefined },
    );
  }
}

describe("a process that hands over", () => {
  it("shuts its doors, has its connections rest, and sends all state before anything else", async () => {
    const old = new Predecessor();
    old.connects("a");
    await old.begin();
    assert.deepEqual(old.deeds, ["web shut", "operators shut", "a rest", "leave what is stored", "dump"]);
    const keepsakes = [{ name: "rooms", version: 2, data: "kept" }];
    assert.deepEqual(old.peer.take(), [{ kind: "heirlooms", heirlooms: [HEIRLOOM], keepsakes }]);
    await old.pass(60_000);
    assert.deepEqual(old.peer.take(), [], "the other one does not serve yet");
  });

  it("sends idle sockets, then connections, and says when that was all", async () => {
    const old = new Predecessor();
    const idle = [new FakeHandle(), new FakeHandle()] as const;
    old.web.idle.push(idle[0]);
    old.operators.idle.push(idle[1]);
    old.connects("a");
    const { counts } = await old.begin();
    await old.serves();
    assert.deepEqual(
      old.peer.sent.slice(1, 3).map(({ data, handle }) => [data, handle]),
      [
        [{ kind: "idle", listener: "web" }, idle[0]],
        [{ kind: "idle", listener: "operators" }, idle[1]],
      ],
    );
    assert.deepEqual(
      idle.map(({ isClosed }) => isClosed),
      [true, true],
    );
    assert.deepEqual(old.sent(), ["a"]);
    await old.attaches("a");
    assert.deepEqual(old.peer.take(), [{ kind: "end" }]);
    assert.deepEqual(await counts, { connections: 1, lost: 0 });
    assert.deepEqual(
      old.log.lines.map(({ event, fields }) => [event, fields["connections"]]),
      [["handOver.done", 1]],
    );
  });

  it("lets requests and those who are only coming end first", async () => {
    const old = new Predecessor();
    old.web.httpSockets.areQuiet = false;
    old.web.hasComing = true;
    await old.begin();
    await old.pass(100);
    old.web.httpSockets.areQuiet = true;
    await old.pass(100);
    assert.ok(!old.deeds.includes("dump"), "somebody is still coming");
    old.web.hasComing = false;
    await old.pass(10);
    assert.ok(old.deeds.includes("dump"), "nothing is under way any more");
  });

  it("waits for a request that does not end for a while only, and for no operator's", async () => {
    const [endless, operated] = [new Predecessor(), new Predecessor()];
    endless.web.httpSockets.areQuiet = false;
    operated.operators.httpSockets.areQuiet = false;
    for (const old of [endless, operated]) await old.begin();
    assert.ok(operated.deeds.includes("dump"), "an operator may wait for this very hand-over");
    await endless.pass(REQUESTS_WITHIN_MS - 100);
    assert.ok(!endless.deeds.includes("dump"), "it may still end");
    await endless.pass(200);
    assert.ok(endless.deeds.includes("dump"), "it has had its time");
  });

  it("moves those first that are in a room", async () => {
    const old = new Predecessor();
    old.connects("a", "b", "c");
    old.subscribed.add("c");
    await old.begin();
    await old.serves();
    assert.deepEqual(old.sent(), ["c", "a", "b"]);
  });

  it("moves a few at a time", async () => {
    const old = new Predecessor();
    const ids = Array.from({ length: 100 }, (_, index) => `c-${index}`);
    old.connects(...ids);
    await old.begin();
    await old.serves();
    const first = old.sent();
    assert.ok(first.length < ids.length, "all are silent at once");
    await old.attaches(...first.slice(0, 3));
    assert.equal(old.sent().length, 3, "one follows for each that has arrived");
  });

  it("moves also those that have become connections meanwhile", async () => {
    const old = new Predecessor();
    old.connects("a");
    const { counts } = await old.begin();
    await old.serves();
    old.connects("late");
    await old.attaches("a");
    assert.deepEqual(old.sent(), ["a", "late"]);
    await old.attaches("late");
    assert.equal((await counts).connections, 2);
  });

  it("counts those that it had to end, and not those that have ended by themselves", async () => {
    const old = new Predecessor();
    const [, stuck, gone] = old.connects("a", "stuck", "gone");
    old.mute.add("stuck");
    const { counts } = await old.begin();
    gone?.guest.outlet.ended();
    await old.serves();
    assert.equal(stuck?.wire.closedFor?.reason, "draining");
    await old.attaches("a");
    assert.deepEqual(await counts, { connections: 1, lost: 1 });
  });

  it("fails when a connection cannot be sent", async () => {
    const old = new Predecessor();
    old.connects("a");
    const { counts } = await old.begin();
    old.peer.onSend = () => {
      old.peer.onSend = () => undefined;
      throw new Error("the channel is closed");
    };
    await old.serves();
    await assert.rejects(counts, /channel is closed/);
  });
});

describe("a hand-over that is called off", () => {
  it("gives up what is stored before it takes it back, and takes no state then", async () => {
    const old = new Predecessor();
    let hasLeft = (): void => {};
    old.left = new Promise((resolve) => (hasLeft = resolve));
    const { counts } = await old.begin();
    const off = old.handOver.callOff();
    await assert.rejects(counts, { name: "HandOverEnded" });
    assert.ok(!old.deeds.includes("take back what is stored"));
    hasLeft();
    await off;
    assert.ok(old.deeds.includes("take back what is stored"));
    assert.ok(!old.deeds.includes("dump"));
    assert.deepEqual(old.peer.take(), []);
  });

  it("leaves everything as it was, and sends nothing more", async () => {
    const old = new Predecessor();
    const [client] = old.connects("a");
    client?.guest.outlet.restReading();
    const { counts } = await old.begin();
    old.peer.take();
    old.deeds.length = 0;
    await old.handOver.callOff();
    await assert.rejects(counts, { name: "HandOverEnded" });
    assert.deepEqual(old.deeds, [
      "take back what is stored",
      "thaw",
      "a goOn",
      "web goOn",
      "operators goOn",
      "web open",
      "operators open",
    ]);
    assert.equal(client?.wire.readingPaused, false);
    await old.serves();
    assert.deepEqual(old.peer.take(), []);
  });

  it("sends no state that was taken too late", async () => {
    const old = new Predecessor();
    let dump: (heirlooms: unknown[]) => void = () => undefined;
    old.dumped = new Promise((resolve) => (dump = resolve));
    await old.begin();
    await old.handOver.callOff();
    dump([HEIRLOOM]);
    await old.settle();
    assert.deepEqual(old.peer.take(), []);
  });

  it("brings home what is on its way, keeps what has arrived there, and moves nobody else", async () => {
    const old = new Predecessor();
    const ids = Array.from({ length: 100 }, (_, index) => `c-${index}`);
    const clients = old.connects(...ids);
    const { counts } = await old.begin();
    await old.serves();
    const left = old.sent();
    await old.attaches("c-0");
    const later = old.sent();
    await old.handOver.callOff();
    await assert.rejects(counts, { name: "HandOverEnded" });
    await old.settle();
    const home = [...left, ...later].filter((id) => id !== "c-0");
    assert.deepEqual(
      old.web.adopted,
      home.map((id) => [id, clients[ids.indexOf(id)]?.handle, ""]),
    );
    assert.deepEqual(old.sent(), []);
    assert.deepEqual(
      clients.map(({ handle }) => handle.isClosed).filter(Boolean),
      [true],
      "only the copy of the one that has moved is closed",
    );
  });
});

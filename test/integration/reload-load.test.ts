import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { setTimeout as pass } from "node:timers/promises";
import { eventually } from "../support/eventually.ts";
import { FrameClient } from "../support/frame-client.ts";
import { hasHeard } from "../support/has-heard.ts";
import { ProgramCopy } from "../support/program-copy.ts";
import { ReloadingNode } from "../support/reloading-node.ts";
import { RoomTalk } from "../support/room-talk.ts";

const PAIRS = 20;
/** How far the answers to a pair may be behind what it says. */
const UNANSWERED_MAX = 50;
/** Each of a pair says something so often: 2,000 messages a second for all. */
const SAY_EVERY_MS = 20;

let program: ProgramCopy;
let running: ReloadingNode;
before(async () => {
  program = new ProgramCopy();
  running = await ReloadingNode.start([], program.cli);
});
after(async () => {
  await running.stop();
  program.remove();
});

/** Two who talk in a room of their own, without waiting for each answer. */
class Pair {
  readonly #room: string;
  readonly #both: readonly FrameClient[];
  readonly #saidBy = new Map<FrameClient, number>();
  #said = 0;

  private constructor(room: string, both: readonly FrameClient[]) {
    this.#room = room;
    this.#both = both;
  }

  static async open(room: string): Promise<Pair> {
    const both = [
      await FrameClient.webSocket(`one of ${room}`, running.chatroom),
      await FrameClient.webSocket(`other of ${room}`, running.chatroom, "msgpack"),
    ];
    for (const client of both) {
      client.send({ kind: "subscribe", id: 0, room });
      await client.next("subscribed");
    }
    return new Pair(room, both);
  }

  /** Each says something, unless it waits for too many answers: a machine that is busy with other things gets less to do. */
  say(): void {
    const room = this.#room;
    for (const client of this.#both) {
      const id = this.#said + 1;
      const answered = client.inbox.findLast((frame) => frame.kind === "published");
      const latest = answered?.kind === "published" ? answered.id : 0;
      if (id - latest > UNANSWERED_MAX) continue;
      this.#said = id;
      this.#saidBy.set(client, (this.#saidBy.get(client) ?? 0) + 1);
      client.send({ kind: "publish", id, room, data: "x".repeat(64) });
    }
  }

  /** @throws AssertionError unless both have heard everything in order, and each has an answer to all that it said */
  async assertHeard(): Promise<void> {
    for (const client of this.#both) {
      const { inbox, name } = client;
      const refused = (): unknown[] => inbox.filter(({ kind }) => kind === "refused" || kind === "skipped");
      assert.deepEqual(refused(), [], name);
      await hasHeard(client, this.#said);
      const answers = (): number => inbox.filter(({ kind }) => kind === "published").length;
      await eventually(answers, this.#saidBy.get(client) ?? 0, name);
      assert.deepEqual(refused(), [], name);
    }
  }

  close(): void {
    for (const client of this.#both) client.close();
  }
}

describe("a reload under 2,000 messages a second", () => {
  it("loses none of them, and reorders none", async () => {
    const pairs = await Promise.all(
      Array.from({ length: PAIRS }, (_, index) => Pair.open(`chat/pair-${index}`)),
    );
    let isOver = false;
    const talking = (async () => {
      while (!isOver) {
        for (const pair of pairs) pair.say();
        await pass(SAY_EVERY_MS);
      }
    })();
    await running.reload();
    isOver = true;
    await talking;
    for (const pair of pairs) await pair.assertHeard();
    for (const pair of pairs) pair.close();
  });
});

describe("a reload of code that is broken", () => {
  let talk: RoomTalk;
  afterEach(() => talk.close());

  /** Tries to reload while members talk, with a file changed meanwhile. */
  async function inVain(path: string, edit: (text: string) => string): Promise<void> {
    const pid = running.node.workerPid();
    talk = await RoomTalk.open(running, `chat/${path.replaceAll("/", ".")}`);
    const undo = program.change(path, edit);
    await talk.during(SAY_EVERY_MS, () => running.reloadInVain());
    undo();
    assert.equal(running.node.workerPid(), pid);
    await talk.assertHeard();
    // Whoever was told to go on does so, and the next reload is a good one.
    await talk.during(SAY_EVERY_MS, () => running.reload());
    await talk.assertHeard();
    assert.notEqual(running.node.workerPid(), pid);
  }

  it("leaves everybody where they are when it does not parse", async () => {
    await inVain("actors/rooms/room.js", (text) => `${text}\n)`);
  });

  it("leaves everybody where they are when it throws at its start", async () => {
    await inVain("actors/rooms/feature.js", (text) =>
      text.replace(
        /start\(\{/,
        'get name2() { return 1; }, start: () => { throw new Error("broken"); }, unused({',
      ),
    );
  });
});

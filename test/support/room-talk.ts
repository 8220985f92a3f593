import assert from "node:assert/strict";
import { setTimeout as pass } from "node:timers/promises";
import { eventually } from "./eventually.ts";
import { FrameClient } from "./frame-client.ts";
import { hasHeard } from "./has-heard.ts";
import type { ReloadingNode } from "./reloading-node.ts";

const ANSWER_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 2;

/** Waits for the answer to a frame. @throws AssertionError when it is another one, or does not come in a minute */
async function isAnswered({ inbox, name }: FrameClient, id: number): Promise<void> {
  const endMs = performance.now() + ANSWER_WITHIN_MS;
  for (;;) {
    const answer = inbox.findLast((frame) => "id" in frame);
    if (answer !== undefined && "id" in answer && answer.id === id) {
      return assert.equal(answer.kind, "published", `${name} was told otherwise`);
    }
    assert.ok(performance.now() < endMs, `${name} has no answer`);
    await pass(LOOK_EVERY_MS);
  }
}

/** Members of one room over every kind of wire, who write down all that they hear while one or more of them talk. */
export class RoomTalk {
  readonly room: string;
  readonly members: readonly FrameClient[];
  #said = 0;
  #answered = 0;

  private constructor(room: string, members: readonly FrameClient[]) {
    this.room = room;
    this.members = members;
  }

  /** Lets three come: by WebSocket in both formats, and by lines over TCP. What the room says of their coming is over. */
  static async open(reloading: ReloadingNode, room: string): Promise<RoomTalk> {
    const members = [
      await FrameClient.webSocket("json", reloading.chatroom),
      await FrameClient.webSocket("msgpack", reloading.chatroom, "msgpack"),
      await FrameClient.line("line", reloading.linePort),
    ];
    for (const member of members) {
      member.send({ kind: "subscribe", id: 0, room });
      await member.next("subscribed");
    }
    const talk = new RoomTalk(room, members);
    await talk.#allAnnounced();
    return talk;
  }

  /** How much was said and answered. */
  get said(): number {
    return this.#answered;
  }

  /** Every member says something in turn, `everyMs`, until `work` is done and all of it is answered. */
  async during<T>(everyMs: number, work: () => Promise<T>): Promise<T> {
    let isOver = false;
    const talking = this.members.map((member) => this.#talk(member, everyMs, () => isOver));
    try {
      return await work();
    } finally {
      isOver = true;
      await Promise.all(talking);
    }
  }

  /** Says that many in one go, without waiting for an answer in between. */
  burst(count: number): void {
    for (let index = 0; index < count; index++) {
      const member = this.members[index % this.members.length];
      member?.send({ kind: "publish", id: ++this.#said, room: this.room, data: this.#said });
    }
  }

  /** @throws AssertionError unless each has heard each publication once and in order, and nothing else but answers */
  async assertHeard(): Promise<void> {
    for (const member of this.members) {
      await hasHeard(member, this.#said);
      const others = member.inbox.filter(({ kind }) => kind !== "publication" && kind !== "published");
      assert.deepEqual(others, [], `${member.name} heard something else`);
    }
  }

  close(): void {
    for (const member of this.members) member.close();
  }

  async #talk(member: FrameClient, everyMs: number, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const id = ++this.#said;
      member.send({ kind: "publish", id, room: this.room, data: id });
      await isAnswered(member, id);
      this.#answered++;
      await pass(everyMs);
    }
  }

  /** Waits until everybody has heard that the last one came, after which nobody is announced any more, and forgets what was heard. */
  async #allAnnounced(): Promise<void> {
    const last = this.members.at(-1)?.name;
    for (const { inbox, name } of this.members) {
      const heard = (): boolean =>
        inbox.some((frame) => frame.kind === "joined" && frame.members.some((came) => came.name === last));
      await eventually(heard, true, `${name} hears who came`);
    }
    for (const member of this.members) member.inbox.length = 0;
  }
}

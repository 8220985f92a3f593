import assert from "node:assert/strict";
import { setTimeout as pass } from "node:timers/promises";
import { eventually } from "./eventually.ts";
import { FrameClient } from "./frame-client.ts";

/** How often something is said in the room, in milliseconds: well below the rate that a client has. */
const SAY_EVERY_MS = 20;

/** Where a node is reached. */
export interface Doors {
  /** Without a path. */
  readonly webSocketUrl: string;
  readonly linePort: number;
}

/** Two who talk in a room while somebody else misbehaves: nothing that they say may get lost, and nobody may stay who has gone. */
export class Witness {
  readonly room: string;
  readonly #listener: FrameClient;
  readonly #speaker: FrameClient;
  #said = 0;
  #heard = 0;

  private constructor(room: string, listener: FrameClient, speaker: FrameClient) {
    this.room = room;
    this.#listener = listener;
    this.#speaker = speaker;
  }

  /** Lets one come by WebSocket and one by TCP. */
  static async open({ webSocketUrl, linePort }: Doors, room = "chat/witnessed"): Promise<Witness> {
    const listener = await FrameClient.webSocket("listener", `${webSocketUrl}/chatroom`);
    const speaker = await FrameClient.line("speaker", linePort);
    for (const client of [listener, speaker]) {
      client.send({ kind: "subscribe", id: 0, room });
      await client.next("subscribed");
    }
    return new Witness(room, listener, speaker);
  }

  /** Goes on talking while `misdeed` runs. @throws AssertionError when anything in the room is not as if it had not happened */
  async during<T>(misdeed: () => Promise<T>): Promise<T> {
    let isOver = false;
    const talking = this.#talk(() => isOver);
    let result: T;
    try {
      result = await misdeed();
    } finally {
      isOver = true;
      await talking;
    }
    await this.#assertHeard();
    await eventually(() => this.#present(), ["listener", "speaker"], "only those who talk are left");
    return result;
  }

  close(): void {
    this.#listener.close();
    this.#speaker.close();
  }

  async #talk(isOver: () => boolean): Promise<void> {
    do {
      this.#speaker.send({ kind: "publish", id: ++this.#said, room: this.room, data: this.#said });
      await this.#speaker.next("published");
      await pass(SAY_EVERY_MS);
    } while (!isOver());
  }

  async #assertHeard(): Promise<void> {
    while (this.#heard < this.#said) {
      const { offset, from, data } = await this.#listener.next("publication");
      this.#heard++;
      assert.deepEqual({ offset, from, data }, { offset: this.#heard, from: "speaker", data: this.#heard });
    }
    const others = this.#listener.inbox.filter(({ kind }) => kind !== "joined" && kind !== "left");
    assert.deepEqual(others, [], "nobody else was heard");
    this.#listener.inbox.length = this.#speaker.inbox.length = 0;
  }

  async #present(): Promise<string[]> {
    this.#listener.send({ kind: "presence", id: 0, room: this.room });
    const { members = [] } = await this.#listener.next("presence");
    return members.map(({ name }) => name);
  }
}

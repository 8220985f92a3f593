import { setTimeout as pause } from "node:timers/promises";
import type { ClientFrame, ServerFrame } from "../../protocols/client-frames.ts";
import { CLIENT_PROTOCOL_VERSION } from "../../protocols/client-protocol.ts";
import type { Complaints } from "./complaints.ts";
import type { RoomLedger } from "./room-ledger.ts";
import type { Wire, WireEvents } from "./wire.ts";

const UNINTERESTING: ReadonlySet<string> = new Set(["joined", "left", "notice"]);
/** No answers: a client that keeps up gets neither. */
const UNWELCOME: ReadonlySet<string> = new Set(["skipped", "drain"]);

/** What a talker needs to talk. */
export interface TalkerParts {
  readonly name: string;
  readonly ledger: RoomLedger;
  readonly complaints: Complaints;
  /** How long it waits after each thing said, in milliseconds. */
  readonly everyMs: number;
  /** Characters of each thing said. */
  readonly size: number;
  readonly dial: (events: WireEvents) => Promise<Wire>;
}

/**
 * A client that says one thing after the other in a room, asks who is there now and then, and hears what all say. It
 * waits for each answer for ever: whatever happens to the server, an answer comes or the connection was closed.
 */
export class Talker {
  readonly #parts: TalkerParts;
  readonly #padding: string;
  #wire: Wire | undefined = undefined;
  #isEnding = false;
  #lastId = 0;
  #awaited: ((frame: ServerFrame) => void) | undefined = undefined;
  #onClosed = (): void => undefined;
  /** The longest wait for an answer, in milliseconds. */
  worstWaitMs = 0;
  answers = 0;

  constructor(parts: TalkerParts) {
    this.#parts = parts;
    this.#padding = "x".repeat(parts.size);
  }

  /** Connects and enters the room. */
  async enter(): Promise<void> {
    const { name, ledger, dial } = this.#parts;
    this.#wire = await dial({
      onFrame: (frame) => this.#take(frame),
      onClose: (why) => this.#closed(why),
    });
    await this.#ask({ kind: "hello", version: CLIENT_PROTOCOL_VERSION, name });
    const id = ++this.#lastId;
    const answer = await this.#ask({ kind: "subscribe", id, room: ledger.room });
    if (answer.kind !== "subscribed") throw new Error(`${name} was not let in: ${JSON.stringify(answer)}`);
  }

  /** Talks until `isOver`. */
  async talk(isOver: () => boolean): Promise<void> {
    const { everyMs, ledger } = this.#parts;
    for (let said = 1; !isOver() && !this.#isEnding; said++) {
      await this.#say(`${this.#parts.name} ${said}`);
      if (said % 10 === 0) await this.#ask({ kind: "presence", id: ++this.#lastId, room: ledger.room });
      await pause(everyMs);
    }
  }

  /** Goes, and waits until the server has seen it. */
  leave(): Promise<void> {
    this.#isEnding = true;
    return new Promise((resolve) => {
      this.#onClosed = resolve;
      this.#wire?.end();
    });
  }

  async #say(words: string): Promise<void> {
    const { ledger, complaints, name } = this.#parts;
    const id = ++this.#lastId;
    const data = `${words} ${this.#padding}`;
    const answer = await this.#ask({ kind: "publish", id, room: ledger.room, data });
    if (answer.kind === "published") ledger.accepted(answer.offset, words);
    else if (!this.#isEnding) complaints.add(`${name} was refused: ${JSON.stringify(answer)}`);
  }

  async #ask(frame: ClientFrame): Promise<ServerFrame> {
    const sentAtMs = performance.now();
    const answer = await new Promise<ServerFrame>((resolve) => {
      this.#awaited = resolve;
      this.#wire?.send(frame);
    });
    this.worstWaitMs = Math.max(this.worstWaitMs, performance.now() - sentAtMs);
    this.answers++;
    return answer;
  }

  #take(frame: ServerFrame): void {
    const { name, ledger, complaints } = this.#parts;
    if (frame.kind === "publication") return ledger.heard(name, frame.offset, wordsOf(frame.data));
    if (frame.kind === "ping") return this.#wire?.send({ kind: "pong" });
    if (UNINTERESTING.has(frame.kind)) return;
    if (frame.kind === "subscribed") ledger.joined(name, frame);
    if (this.#awaited !== undefined && !UNWELCOME.has(frame.kind)) {
      const answer = this.#awaited;
      this.#awaited = undefined;
      return answer(frame);
    }
    complaints.add(`${name} got what it did not ask for: ${JSON.stringify(frame)}`);
  }

  #closed(why: string): void {
    if (!this.#isEnding) this.#parts.complaints.add(`${this.#parts.name}: ${why}`);
    this.#isEnding = true;
    this.#onClosed();
    this.#awaited?.({ kind: "refused", code: "closed", text: why });
  }
}

/** Without the padding. */
function wordsOf(data: unknown): string {
  return String(data).trimEnd().split(" ").slice(0, 2).join(" ");
}

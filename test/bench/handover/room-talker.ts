import type { ServerFrame } from "../../../protocols/client-frames.ts";
import type { LeanWebSocket } from "./lean-web-socket.ts";
import type { Talker } from "./reloaded.ts";

/** The room in which everybody is. */
const ROOM = "chat/moving";
/** Who speaks: the others listen. */
const SPEAKERS = 2;
const SAY_EVERY_MS = 200;

/** What all members of a room share: how far it has come. */
export interface RoomScore {
  published: number;
}

/** A member of a room that hears everything that is said there; some of them say something now and then. */
export class RoomTalker implements Talker {
  readonly socket: LeanWebSocket;
  readonly #score: RoomScore;
  readonly #isSpeaker: boolean;
  readonly #firstMs: number;
  #offset = 0;
  #id = 0;
  #heardAtMs: number | undefined = undefined;
  #timer: NodeJS.Timeout | undefined = undefined;
  reordered = 0;
  worstGapMs = 0;
  #refused = 0;

  constructor(socket: LeanWebSocket, index: number, score: RoomScore) {
    this.socket = socket;
    this.#score = score;
    this.#isSpeaker = index < SPEAKERS;
    this.#firstMs = (index * SAY_EVERY_MS) / SPEAKERS;
    socket.onText = (text) => this.#hear(JSON.parse(text) as ServerFrame);
    socket.send(JSON.stringify({ kind: "subscribe", id: 0, room: ROOM }));
  }

  get isAnswered(): boolean {
    return this.#offset === this.#score.published;
  }

  /** Publications that it should have heard, and those that it was told it could not make. */
  get lost(): number {
    return this.#score.published - this.#offset + this.#refused;
  }

  talk(): void {
    this.#heardAtMs = performance.now();
    if (!this.#isSpeaker) return;
    this.#timer = setTimeout(() => {
      this.#timer = setInterval(() => this.#say(), SAY_EVERY_MS);
    }, this.#firstMs);
  }

  hush(): void {
    clearInterval(this.#timer);
  }

  #say(): void {
    const frame = { kind: "publish", id: ++this.#id, room: ROOM, data: "on the move" };
    this.socket.send(JSON.stringify(frame));
  }

  #hear(frame: ServerFrame): void {
    if (frame.kind === "published") this.#score.published = Math.max(this.#score.published, frame.offset);
    else if (frame.kind === "refused" || frame.kind === "skipped") this.#refused++;
    if (frame.kind !== "publication") return;
    if (frame.offset !== this.#offset + 1) this.reordered++;
    this.#offset = frame.offset;
    const nowMs = performance.now();
    // Somebody speaks every 100 ms: what is longer is silence.
    if (this.#heardAtMs !== undefined) this.worstGapMs = Math.max(this.worstGapMs, nowMs - this.#heardAtMs);
    this.#heardAtMs = nowMs;
  }
}

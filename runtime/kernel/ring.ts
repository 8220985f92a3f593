import type { TaggedMessage } from "../../protocols/protocol.ts";
import type { Ask } from "./ask.ts";
import type { NamedTimer } from "./named-timer.ts";

/** What a message came from, where that matters: a question that it asks, or a timer that may have been stopped since. */
export type Origin = Ask | NamedTimer | undefined;

/** Messages a ring holds before it grows for the first time. */
const RING_CAPACITY_MIN = 8;
/** A message, its origin, and the tick at which it arrived. */
const STRIDE = 3;

/** A first-in-first-out queue of messages in one flat array, which doubles when it is full. Both ends take O(1). */
export class Ring {
  #slots: unknown[] = new Array(RING_CAPACITY_MIN * STRIDE).fill(undefined);
  #mask = RING_CAPACITY_MIN - 1;
  #head = 0;
  size = 0;

  /** Slots in use or free, for whoever decides whether a ring is worth keeping. */
  get capacity(): number {
    return this.#mask + 1;
  }

  push(message: TaggedMessage, origin: Origin, tick: number): void {
    if (this.size > this.#mask) this.#grow();
    this.#put((this.#head + this.size) & this.#mask, message, origin, tick);
    this.size++;
  }

  /** Puts a message in front of all others. */
  unshift(message: TaggedMessage, origin: Origin, tick: number): void {
    if (this.size > this.#mask) this.#grow();
    this.#head = (this.#head - 1) & this.#mask;
    this.#put(this.#head, message, origin, tick);
    this.size++;
  }

  /** The origin of the first message. Look before `shift`, which forgets it. */
  headOrigin(): Origin {
    return this.#slots[this.#head * STRIDE + 1] as Origin;
  }

  /** When the first message arrived. */
  headTick(): number {
    return this.#slots[this.#head * STRIDE + 2] as number;
  }

  /** Takes the first message out. Only when `size` is above 0. */
  shift(): TaggedMessage {
    const at = this.#head * STRIDE;
    const slots = this.#slots;
    const message = slots[at] as TaggedMessage;
    slots[at] = undefined;
    slots[at + 1] = undefined;
    this.#head = (this.#head + 1) & this.#mask;
    this.size--;
    return message;
  }

  #put(index: number, message: TaggedMessage, origin: Origin, tick: number): void {
    const at = index * STRIDE;
    this.#slots[at] = message;
    this.#slots[at + 1] = origin;
    this.#slots[at + 2] = tick;
  }

  #grow(): void {
    const from = this.#head * STRIDE;
    const free = new Array(this.#slots.length).fill(undefined);
    this.#slots = this.#slots.slice(from).concat(this.#slots.slice(0, from), free);
    this.#head = 0;
    this.#mask = this.#mask * 2 + 1;
  }
}

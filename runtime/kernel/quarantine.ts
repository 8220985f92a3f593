import { createHash } from "node:crypto";
import type { TaggedMessage } from "../../protocols/protocol.ts";

/** Messages held; the oldest gives way to the newest, and the loss is counted. */
const QUARANTINED_MAX = 1_000;

/** A message that was taken out of service because its actor stalled on it again and again. */
export interface Quarantined {
  readonly id: number;
  readonly atMs: number;
  /** Where it was to be handled. */
  readonly path: string;
  readonly kind: string;
  /** The actor type and the handler that stalled. */
  readonly handler: string;
  /** Equal for equal content, so that repetitions are seen without showing the content. */
  readonly fingerprint: string;
  readonly strikes: number;
  /** The last word of the handler before the last strike. */
  readonly note: string | undefined;
  readonly message: TaggedMessage;
}

/** Holds poison messages until an operator drops or replays them. */
export class Quarantine {
  readonly #held = new Map<number, Quarantined>();
  #lastId = 0;
  /** How many were given up to make room. */
  evicted = 0;

  add(entry: Omit<Quarantined, "id" | "fingerprint">): Quarantined {
    const held = { ...entry, id: ++this.#lastId, fingerprint: fingerprint(entry.message) };
    this.#held.set(held.id, held);
    const [oldest] = this.#held.keys();
    if (this.#held.size > QUARANTINED_MAX && oldest !== undefined) {
      this.#held.delete(oldest);
      this.evicted++;
    }
    return held;
  }

  /** How many messages are held. */
  get size(): number {
    return this.#held.size;
  }

  /** All that is held, newest first. */
  entries(): Quarantined[] {
    return [...this.#held.values()].reverse();
  }

  get(id: number): Quarantined | undefined {
    return this.#held.get(id);
  }

  /** Gives an entry up; false when there is none of that id. */
  drop(id: number): boolean {
    return this.#held.delete(id);
  }
}

/** SHA-256 of the message's data, shortened; what has no data form, such as a reference, counts as its kind of thing. */
function fingerprint(message: TaggedMessage): string {
  const text = JSON.stringify(message, (_key, value: unknown) =>
    isData(value) ? value : String(typeof value),
  );
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

function isData(value: unknown): boolean {
  if (typeof value === "bigint" || typeof value === "function" || typeof value === "symbol") return false;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

import type { Receipt } from "../codec/record-codec.ts";

/** Senders that an entity remembers; the one heard of longest ago is forgotten, and could then be heard twice. */
const SENDERS_MAX = 1_000;

/** What an entity has taken in, by sender. It is a part of its state: the same records give the same receipts. */
export class Receipts {
  /** Undefined while nobody has sent anything: most entities hear of nobody in this way. */
  #last: Map<string, number> | undefined;

  constructor(entries: readonly (readonly [sender: string, seq: number])[] = []) {
    this.#last = entries.length === 0 ? undefined : new Map(entries);
  }

  /** Whether this has been taken in before. */
  has({ sender, seq }: Receipt): boolean {
    return seq <= (this.#last?.get(sender) ?? 0);
  }

  /** Whether nothing is missing before it. A sender who may have been forgotten is taken at his word. */
  isNext({ sender, seq }: Receipt): boolean {
    const last = this.#last?.get(sender);
    if (last === undefined && (this.#last?.size ?? 0) >= SENDERS_MAX) return true;
    return seq === (last ?? 0) + 1;
  }

  add({ sender, seq }: Receipt): void {
    const all = (this.#last ??= new Map());
    all.delete(sender);
    all.set(sender, seq);
    if (all.size <= SENDERS_MAX) return;
    const [oldest] = all.keys();
    if (oldest !== undefined) all.delete(oldest);
  }

  /** As data, the sender heard of longest ago first. */
  entries(): (readonly [sender: string, seq: number])[] {
    return [...(this.#last ?? [])];
  }
}

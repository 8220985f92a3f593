import type { Adoption, InboxEntry } from "./inboxes.ts";

interface Stream {
  readonly entries: InboxEntry[];
}

const ID_DIGITS = 12;

/** The inboxes of a network as its store holds them. */
export class MemoryStreams {
  readonly #inboxes = new Map<string, Stream>();
  readonly #left = new Map<string, Stream>();
  readonly #heirs = new Map<string, string>();
  #lastId = 0;

  add(to: string, frame: Uint8Array): "added" | "missing" {
    const stream = this.#inboxes.get(to);
    if (stream === undefined) return "missing";
    stream.entries.push({ id: this.#nextId(), bytes: Buffer.from(frame) });
    return "added";
  }

  open(incarnation: string): "open" | "adopted" {
    if (this.#heirs.has(incarnation)) return "adopted";
    if (!this.#inboxes.has(incarnation)) this.#inboxes.set(incarnation, { entries: [] });
    return "open";
  }

  read(incarnation: string, after: string | undefined, count: number): readonly InboxEntry[] | "missing" {
    const stream = this.#inboxes.get(incarnation);
    return stream === undefined ? "missing" : page(stream, after, count);
  }

  trim(incarnation: string, upTo: string): void {
    const entries = this.#inboxes.get(incarnation)?.entries ?? [];
    while (entries[0] !== undefined && entries[0].id <= upTo) entries.shift();
  }

  leave(incarnation: string): void {
    if (this.#inboxes.get(incarnation)?.entries.length === 0) this.#inboxes.delete(incarnation);
  }

  adopt(me: string, dead: string, after: string | undefined): Adoption {
    const heir = this.#heirs.get(dead);
    if (heir !== undefined && heir !== me && heir !== after) return { kind: "taken", by: heir };
    this.#heirs.set(dead, me);
    const stream = this.#inboxes.get(dead);
    this.#inboxes.delete(dead);
    if (stream !== undefined) this.#left.set(dead, stream);
    return { kind: "adopted" };
  }

  leftBehind(dead: string, after: string | undefined, count: number): readonly InboxEntry[] {
    const stream = this.#left.get(dead);
    return stream === undefined ? [] : page(stream, after, count);
  }

  forgetLeft(me: string, dead: string): void {
    if (this.#heirs.get(dead) === me) this.#left.delete(dead);
  }

  /** Its ids begin anew, too, as they do where a clock was set back. */
  forget(): void {
    for (const all of [this.#inboxes, this.#left, this.#heirs]) all.clear();
    this.#lastId = 0;
  }

  /** How many entries there are, in all inboxes and in what was left behind. */
  get size(): number {
    return [...this.#inboxes.values(), ...this.#left.values()].reduce(
      (sum, { entries }) => sum + entries.length,
      0,
    );
  }

  #nextId(): string {
    return String(++this.#lastId).padStart(ID_DIGITS, "0");
  }
}

function page({ entries }: Stream, after: string | undefined, count: number): readonly InboxEntry[] {
  const from = after === undefined ? 0 : entries.findIndex(({ id }) => id > after);
  return from === -1 ? [] : entries.slice(from, from + count);
}

/** Slots of a level: as many as bits of a word, so that the next one in use is found without a search. */
const SLOT_BITS = 5;
const SLOTS = 2 ** SLOT_BITS;
/** 32^7 ms are more than a year; what is due later waits in the last slot and is placed again then. */
const LEVELS = 7;
const WIDTHS = Array.from({ length: LEVELS }, (_, level) => SLOTS ** level);
const RANGE_MS = SLOTS ** LEVELS;

/** Something that is due at a time. Holds its own place in the wheel, so that taking it out costs no search. */
export class WheelEntry {
  dueMs = 0;
  slot: Slot | undefined = undefined;
  previous: WheelEntry | undefined = undefined;
  next: WheelEntry | undefined = undefined;
}

/** A list of entries. */
interface Slot {
  readonly level: number;
  readonly index: number;
  first: WheelEntry | undefined;
  last: WheelEntry | undefined;
}

/**
 * What falls due in whole milliseconds, by the hundred thousand: adding, moving and taking out cost O(1), and each entry is touched at most once a level
 * (hierarchical timing wheels: Varghese and Lauck, 1987). Empty time costs nothing. Pure: the time comes from the caller.
 */
export class TimeWheel<E extends WheelEntry> {
  readonly #slots: readonly (readonly Slot[])[];
  /** For each level, which slots are in use: one bit each. */
  readonly #used = new Int32Array(LEVELS);
  #nowMs: number;
  size = 0;

  constructor(nowMs: number) {
    this.#nowMs = Math.floor(nowMs);
    this.#slots = WIDTHS.map((_, level) =>
      Array.from({ length: SLOTS }, (_none, index) => ({ level, index, first: undefined, last: undefined })),
    );
  }

  /** Lets an entry fall due; one that waits already is moved. What was due before now is due now. */
  add(entry: E, dueMs: number): void {
    this.remove(entry);
    entry.dueMs = Math.ceil(dueMs);
    this.#place(entry);
    this.size++;
  }

  /** Takes an entry out; harmless when it is not in. */
  remove(entry: E): void {
    const { slot, previous, next } = entry;
    if (slot === undefined) return;
    if (previous === undefined) slot.first = next;
    else previous.next = next;
    if (next === undefined) slot.last = previous;
    else next.previous = previous;
    entry.slot = entry.previous = entry.next = undefined;
    this.size--;
    if (slot.first === undefined) this.#mark(slot, false);
  }

  /** When to look again: not later than the first entry is due; undefined while there is none. */
  get nextMs(): number | undefined {
    return this.#nextSlot()?.atMs;
  }

  /** Lets time pass, and takes out what is due by then, the earliest first. */
  advance(nowMs: number): E[] {
    const due: E[] = [];
    for (let next = this.#nextSlot(); next !== undefined && next.atMs <= nowMs; next = this.#nextSlot()) {
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      this.#empty(next.slot, due);
    }
    this.#nowMs = Math.max(this.#nowMs, Math.floor(nowMs));
    return due;
  }

  #empty(slot: Slot, due: E[]): void {
    let entry = slot.first as E | undefined;
    slot.first = slot.last = undefined;
    this.#mark(slot, false);
    while (entry !== undefined) {
      const next = entry.next as E | undefined;
      entry.slot = entry.previous = entry.next = undefined;
      if (entry.dueMs <= this.#nowMs) {
        this.size--;
        due.push(entry);
      } else this.#place(entry);
      entry = next;
    }
  }

  #place(entry: E): void {
    // The last moment within range: what is due later is placed anew from there.
    const dueMs = Math.min(Math.max(entry.dueMs, this.#nowMs), this.#nowMs + RANGE_MS - 1);
    const level = levelOf(dueMs - this.#nowMs);
    const index = Math.floor(dueMs / (WIDTHS[level] as number)) % SLOTS;
    const slot = (this.#slots[level] as readonly Slot[])[index] as Slot;
    entry.slot = slot;
    entry.previous = slot.last;
    if (slot.last === undefined) slot.first = entry;
    else slot.last.next = entry;
    slot.last = entry;
    this.#mark(slot, true);
  }

  #mark({ level, index }: Slot, isUsed: boolean): void {
    const used = this.#used[level] ?? 0;
    this.#used[level] = isUsed ? used | (1 << index) : used & ~(1 << index);
  }

  #nextSlot(): { readonly slot: Slot; readonly atMs: number } | undefined {
    let found: { readonly slot: Slot; readonly atMs: number } | undefined;
    for (let level = 0; level < LEVELS; level++) {
      const used = this.#used[level] as number;
      if (used === 0) continue;
      const width = WIDTHS[level] as number;
      // The slot that begins now is the next one; once its beginning is past, it is one whole round away.
      const cursor = Math.ceil(this.#nowMs / width);
      const steps = stepsTo(used, cursor % SLOTS);
      const atMs = (cursor + steps) * width;
      // Of two at the same moment the higher one first: what it holds belongs into the lower one.
      if (found === undefined || atMs <= found.atMs) {
        found = { slot: (this.#slots[level] as readonly Slot[])[(cursor + steps) % SLOTS] as Slot, atMs };
      }
    }
    return found;
  }
}

function levelOf(delayMs: number): number {
  let level = 0;
  while (level < LEVELS - 1 && delayMs >= SLOTS * (WIDTHS[level] as number)) level++;
  return level;
}

/** How many slots from the cursor on to the first one in use. */
function stepsTo(used: number, cursor: number): number {
  const rotated = (used >>> cursor) | (cursor === 0 ? 0 : used << (SLOTS - cursor));
  return 31 - Math.clz32(rotated & -rotated);
}

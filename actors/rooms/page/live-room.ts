import { signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import type { Client, Facts, Gap, Room, RoomState, Roster } from "../../../runtime/client/client.ts";
import { earlierThan, LINES_MAX, withFeedGap, withLine, withPage } from "./live-feed.ts";
import type { LiveEntry } from "./live-feed.ts";
import { pageBefore } from "./live-history.ts";

/** How many lines a window shows at most, however far back one reads. */
const READ_BACK_MAX = 10_000;
/** How many pages are read by itself to fill a gap; what is missing beyond them is marked. */
const FILL_PAGES_MAX = 10;

/** How it stands with reading back. */
export type Reading = "idle" | "reading" | "failed";

/** A live room as this window watches it. */
export class LiveRoom {
  readonly id: string;
  readonly feed: Signal<readonly LiveEntry[]> = signal([]);
  readonly facts: Signal<Facts> = signal({});
  readonly roster: Signal<Roster> = signal({ count: 0, members: [] });
  readonly state: Signal<RoomState> = signal({ kind: "away" });
  readonly reading: Signal<Reading> = signal("idle");
  readonly #room: Room;
  /** Grows with what was read back: what one has asked for is not taken away again. */
  #linesMax = LINES_MAX;

  constructor(client: Client, id: string) {
    this.id = id;
    this.#room = client.room(id);
    this.#room.subscribe({
      publication: (publication) =>
        (this.feed.value = withLine(this.feed.value, publication, this.#linesMax)),
      gap: (gap) => this.#missed(gap),
      facts: (facts) => (this.facts.value = facts),
      presence: (roster) => (this.roster.value = roster),
      state: (state) => (this.state.value = state),
    });
  }

  /** Whether the window can show more of what was before. */
  get canReadBack(): boolean {
    return earlierThan(this.feed.value) !== undefined && this.feed.value.length < READ_BACK_MAX;
  }

  /** Shows one page more of what was before. */
  async readBack(): Promise<void> {
    const before = earlierThan(this.feed.value);
    if (before === undefined || this.reading.value === "reading") return;
    this.reading.value = "reading";
    try {
      await this.#readPage(before);
      this.reading.value = "idle";
    } catch {
      // Whoever wants to tries again: the button says so.
      this.reading.value = "failed";
    }
  }

  #missed(gap: Gap): void {
    this.feed.value = withFeedGap(this.feed.value, gap, this.#linesMax);
    // What cannot be read stays marked.
    if (gap.reason === "missing") this.#fill(gap.after, gap.after + gap.missing + 1).catch(() => {});
  }

  async #fill(after: number, before: number): Promise<void> {
    let end = before;
    for (let pages = 0; pages < FILL_PAGES_MAX && end > after + 1; pages++) {
      const oldest = await this.#readPage(end);
      if (oldest === undefined) return;
      end = oldest;
    }
  }

  /** Answers the first offset of the page; undefined when it has nothing. */
  async #readPage(before: number): Promise<number | undefined> {
    const { epoch } = this.#room;
    const { publications } = await pageBefore(this.id, { epoch, before });
    const { length } = this.feed.value;
    this.feed.value = withPage(this.feed.value, publications);
    this.#linesMax += Math.max(0, this.feed.value.length - length);
    return publications[0]?.offset;
  }
}

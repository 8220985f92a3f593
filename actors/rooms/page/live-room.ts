import { signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import type { Client, Facts, RoomState, Roster } from "../../../runtime/client/client.ts";
import { withFeedGap, withLine } from "./live-log.ts";
import type { LiveEntry } from "./live-log.ts";

/** A live room as this window watches it. */
export class LiveRoom {
  readonly id: string;
  readonly feed: Signal<readonly LiveEntry[]> = signal([]);
  readonly facts: Signal<Facts> = signal({});
  readonly roster: Signal<Roster> = signal({ count: 0, members: [] });
  readonly state: Signal<RoomState> = signal({ kind: "away" });

  constructor(client: Client, id: string) {
    this.id = id;
    client.room(id).subscribe({
      publication: (publication) => (this.feed.value = withLine(this.feed.value, publication)),
      gap: (gap) => (this.feed.value = withFeedGap(this.feed.value, gap)),
      facts: (facts) => (this.facts.value = facts),
      presence: (roster) => (this.roster.value = roster),
      state: (state) => (this.state.value = state),
    });
  }
}

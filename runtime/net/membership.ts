import type { ServerFrame, ServerFrames } from "../../protocols/client-frames.ts";
import type { WaitingFrame } from "./backlog.ts";
import type { Batch } from "./batch.ts";
import type { Outlet } from "./outlet.ts";
import type { Roster } from "./roster.ts";

/** A publication in one format, on its way to the members. */
export interface Issue {
  readonly kind: string;
  readonly frame: ServerFrame | undefined;
  /** The bytes, as a batch of one. */
  readonly single: Batch;
}

/** One subscriber of a channel: its place, and what its slowness has cost it. */
export class Membership {
  readonly outlet: Outlet;
  readonly roster: Roster;
  /** Where it stands in the roster. */
  index: number;
  drops = 0;
  /** Its publications in the outlet's backlog, oldest first; some may have left already. */
  waiting: WaitingFrame[] | undefined = undefined;
  /** The latest publication that was left out and not yet told of. */
  skipped: ServerFrames["publication"] | undefined = undefined;

  constructor(outlet: Outlet, roster: Roster, index: number) {
    this.outlet = outlet;
    this.roster = roster;
    this.index = index;
  }

  /** Ends the subscription, on both sides. */
  end(): void {
    this.roster.remove(this);
    this.outlet.forget(this);
  }
}

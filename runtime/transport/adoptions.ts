import { Fault } from "../fault.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Clock } from "../time/clock.ts";
import { DuplicateFilter } from "./duplicate-filter.ts";
import { readFrame } from "./inbox-frame.ts";
import type { InboxFrame } from "./inbox-frame.ts";
import type { Inboxes, InboxEntry } from "./inboxes.ts";
import type { Quarantine } from "./quarantine.ts";
import type { TransportCounts } from "./transport-counts.ts";
import type { TransportReceiver } from "./transport.ts";

/** What adoptions are made with. */
export interface AdoptionParts {
  readonly inboxes: Inboxes;
  readonly clock: Clock;
  readonly log: Logger;
  readonly counts: TransportCounts;
  readonly quarantine: Quarantine;
  readonly receiver: () => TransportReceiver;
  readonly isEnded: (incarnation: string) => boolean;
}

/** An inbox to adopt: after exactly which dead heir, if there was one. */
interface Wish {
  readonly dead: string;
  readonly after: string | undefined;
  /** What was given already, by sender: it is not given again when something fails on the way. */
  readonly given: Map<string, DuplicateFilter>;
}

/** Wishes that wait; there are never more dead nodes in a table of members. */
const WISHES_MAX = 2000;
/** Inboxes of others of which it is remembered who has them, the latest. */
const HEIRS_MAX = 2000;
const RETRY_MS = 500;

/** Takes over what dead nodes have left, one inbox after the other; an inbox whose heir dies is taken over again. */
export class Adoptions {
  readonly #parts: AdoptionParts;
  readonly #wishes: Wish[] = [];
  /** Who has taken over from whom, as far as this node was told. */
  readonly #heirs = new Map<string, string>();
  #isRunning = false;
  #isClosed = false;

  constructor(parts: AdoptionParts) {
    this.#parts = parts;
  }

  /** A node is dead: adopts what it has left, and what it was about to adopt itself. */
  ended(incarnation: string): void {
    this.#wish(wishFor(incarnation));
    for (const [dead, heir] of this.#heirs) if (heir === incarnation) this.#wish(wishFor(dead, heir));
    if (!this.#isRunning) void this.#run();
  }

  close(): void {
    this.#isClosed = true;
    this.#wishes.length = 0;
  }

  #wish(wish: Wish): void {
    if (!this.#isClosed && this.#wishes.length < WISHES_MAX) this.#wishes.push(wish);
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let wish = this.#wishes.shift(); wish !== undefined; wish = this.#wishes.shift()) {
      await this.#try(wish);
    }
    this.#isRunning = false;
  }

  /** What fails is tried again, behind the others. */
  async #try(wish: Wish): Promise<void> {
    try {
      await this.#fulfil(wish);
    } catch (error) {
      this.#wish(wish);
      if (!(error instanceof Fault)) {
        this.#parts.log.error("transport.adoptionFailed", { dead: wish.dead, err: error });
      }
      await new Promise<void>((resolve) => void this.#parts.clock.after(RETRY_MS, resolve));
    }
  }

  async #fulfil({ dead, after, given }: Wish): Promise<void> {
    const { inboxes, isEnded, log, counts } = this.#parts;
    const adoption = await inboxes.adopt(dead, after);
    if (adoption.kind === "taken") {
      this.#remember(dead, adoption.by);
      if (adoption.by !== after && isEnded(adoption.by)) this.#wish(wishFor(dead, adoption.by));
      return;
    }
    const before = counts.adopted;
    // What stands behind a gap comes second: what is missing may stand behind it.
    if (await this.#deliver(dead, given, false)) await this.#deliver(dead, given, true);
    if (this.#isClosed) return;
    await inboxes.forget(dead);
    if (counts.adopted > before) log.info("transport.adopted", { dead, parcels: counts.adopted - before });
  }

  #remember(dead: string, heir: string): void {
    this.#heirs.delete(dead);
    this.#heirs.set(dead, heir);
    const [oldest] = this.#heirs.keys();
    if (this.#heirs.size > HEIRS_MAX && oldest !== undefined) this.#heirs.delete(oldest);
  }

  /** Answers whether something was left because of a gap. */
  async #deliver(dead: string, filters: Map<string, DuplicateFilter>, overGaps: boolean): Promise<boolean> {
    let hasGaps = false;
    let after: string | undefined;
    while (!this.#isClosed) {
      const page = await this.#parts.inboxes.leftBehind(dead, after);
      after = page.at(-1)?.id;
      if (after === undefined) break;
      for (const entry of page) {
        const frame = this.#frameOf(entry, overGaps);
        if (frame === undefined || frame.parcels.length === 0) continue;
        const filter = filterOf(filters, frame, overGaps);
        const known = filter.pass(frame.first, frame.parcels.length);
        if (known === "gap") hasGaps = true;
        else await this.#give(dead, frame, known);
      }
    }
    return hasGaps;
  }

  #frameOf(entry: InboxEntry, isSecondLook: boolean): InboxFrame | undefined {
    if (entry.bytes.length === 0) return undefined;
    const read = readFrame(entry.bytes);
    if (read.kind === "frame") return read.frame;
    if (isSecondLook) return undefined;
    this.#parts.counts.quarantined++;
    this.#parts.quarantine.add(entry, read.why);
    return undefined;
  }

  async #give(dead: string, { from, parcels }: InboxFrame, known: number): Promise<void> {
    const receiver = this.#parts.receiver();
    for (const parcel of parcels.slice(known)) {
      this.#parts.counts.adopted++;
      try {
        await receiver.adopted(from, dead, parcel);
      } catch (error) {
        this.#parts.log.error("transport.receiverFailed", { from, err: error });
      }
    }
  }
}

function wishFor(dead: string, after?: string): Wish {
  return { dead, after, given: new Map() };
}

/** What comes before the first that a sender has in the inbox was handled. */
function filterOf(
  filters: Map<string, DuplicateFilter>,
  { from, first }: InboxFrame,
  overGaps: boolean,
): DuplicateFilter {
  const known = filters.get(from);
  const filter = known ?? new DuplicateFilter();
  if (known === undefined || overGaps) filter.skipTo(first);
  filters.set(from, filter);
  return filter;
}

import { Fault } from "../fault.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Clock } from "../time/clock.ts";
import type { Handling } from "./incoming.ts";
import { readFrame } from "./inbox-frame.ts";
import type { InboxFrame } from "./inbox-frame.ts";
import type { Inboxes, InboxEntry } from "./inboxes.ts";
import type { Quarantine } from "./quarantine.ts";
import { SettledPrefix } from "./settled-prefix.ts";
import type { Begun } from "./settled-prefix.ts";
import type { TransportCounts } from "./transport-counts.ts";

/** What a reader works with. */
export interface ReaderParts {
  readonly inboxes: Inboxes;
  readonly clock: Clock;
  readonly log: Logger;
  readonly counts: TransportCounts;
  readonly quarantine: Quarantine;
  /** Takes what a frame brings; undefined when it is handled already. */
  readonly take: (frame: InboxFrame) => Handling | undefined;
  /** What is given to `take` until `onReadEnded` came together. */
  readonly onReadBegan: () => void;
  readonly onReadEnded: () => void;
  /** There is something to trim. */
  readonly onHandled: () => void;
  /** This node was taken for dead. */
  readonly onAdopted: () => void;
}

/** An entry that is not handled yet. */
interface OpenEntry {
  readonly bytes: number;
  readonly sinceMs: number;
  readonly handling: Handling;
  begun: Begun<string>;
}

/** No more is read while so much is being handled: it is safe where it is. */
const OPEN_BYTES_MAX = 32 * 1024 * 1024;
/** What takes longer than this counts as handled, or the inbox would grow behind it for ever. */
const HANDLED_WITHIN_MS = 60_000;
/** After a failure it is tried again so much later. */
const RETRY_MS = 250;

/**
 * Reads the inbox of this node, entry by entry, and says up to where it may be trimmed. After any failure it reads from the beginning of what is left: what
 * came before is recognised, so nothing depends on where a store that has lost something goes on counting.
 */
export class InboxReader {
  readonly #parts: ReaderParts;
  /** The entries that are being handled, the oldest first. */
  readonly #open = new Map<string, OpenEntry>();
  #openBytes = 0;
  #read = new SettledPrefix<string>();
  #trimmed: string | undefined = undefined;
  #after: string | undefined = undefined;
  #isOpen = true;
  #isClosed = false;
  #wake: (() => void) | undefined = undefined;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  /** Whether everything that was read is handled. */
  get isIdle(): boolean {
    return this.#open.size === 0;
  }

  start(): void {
    void this.#run();
  }

  /** Reads no more. */
  stop(): void {
    this.#isClosed = true;
    this.#wake?.();
  }

  /** Removes what is handled from the inbox. */
  async trim(): Promise<void> {
    const upTo = this.#read.last;
    if (upTo === undefined || upTo === this.#trimmed) return;
    this.#trimmed = upTo;
    // When it fails, the next one does it too.
    await this.#parts.inboxes.trim(upTo).catch(() => undefined);
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      try {
        if (!this.#isOpen) await this.#reopen();
        if (this.#open.size > 0) this.#giveUpOld();
        if (this.#openBytes > OPEN_BYTES_MAX) await this.#pause();
        else await this.#takeAll(await this.#parts.inboxes.read(this.#after));
      } catch (error) {
        // The store cannot be reached, or has answered with an error: both pass. Anything else is a mistake, and may pass with what is read next.
        if (!(error instanceof Fault)) this.#parts.log.error("transport.readFailed", { err: error });
        this.#isOpen = false;
        await this.#pause();
      }
    }
  }

  async #takeAll(entries: readonly InboxEntry[] | "missing"): Promise<void> {
    if (this.#isClosed) return;
    if (entries === "missing") {
      this.#isOpen = false;
      this.#parts.log.warn("transport.inboxLost");
      return;
    }
    if (entries.length === 0) return;
    this.#parts.onReadBegan();
    try {
      for (const entry of entries) this.#take(entry);
    } finally {
      this.#parts.onReadEnded();
    }
    await nextTurn();
  }

  async #reopen(): Promise<void> {
    if ((await this.#parts.inboxes.open()) === "adopted") {
      this.#isClosed = true;
      this.#parts.log.error("transport.takenForDead");
      return this.#parts.onAdopted();
    }
    this.#after = undefined;
    this.#read = new SettledPrefix();
    this.#trimmed = undefined;
    this.#isOpen = true;
  }

  #take(entry: InboxEntry): void {
    this.#after = entry.id;
    const begun = this.#read.begin(entry.id);
    const known = this.#open.get(entry.id);
    // It is being handled since before the inbox was read anew.
    if (known !== undefined) return void (known.begun = begun);
    const handling = this.#handle(entry);
    if (handling === undefined) return this.#settle(begun);
    const open = { bytes: entry.bytes.length, sinceMs: this.#parts.clock.nowMs(), handling, begun };
    this.#open.set(entry.id, open);
    this.#openBytes += open.bytes;
    void handling.ended.then(() => this.#close(entry.id, open));
  }

  #handle(entry: InboxEntry): Handling | undefined {
    const { counts, quarantine, take } = this.#parts;
    // Only the mark of an inbox that was just made.
    if (entry.bytes.length === 0) return undefined;
    counts.framesReceived++;
    counts.bytesReceived += entry.bytes.length;
    const read = readFrame(entry.bytes);
    if (read.kind === "frame") return take(read.frame);
    counts.quarantined++;
    quarantine.add(entry, read.why);
    return undefined;
  }

  #close(id: string, open: OpenEntry): void {
    if (this.#open.get(id) !== open) return;
    this.#open.delete(id);
    this.#openBytes -= open.bytes;
    this.#settle(open.begun);
    if (this.#openBytes <= OPEN_BYTES_MAX) this.#wake?.();
  }

  #settle(begun: Begun<string>): void {
    if (this.#read.settle(begun)) this.#parts.onHandled();
  }

  #giveUpOld(): void {
    const nowMs = this.#parts.clock.nowMs();
    for (const [id, open] of this.#open) {
      if (nowMs - open.sinceMs < HANDLED_WITHIN_MS) return;
      this.#parts.log.error("transport.unhandled", { id, forMs: nowMs - open.sinceMs });
      open.handling.giveUp();
      this.#close(id, open);
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(RETRY_MS, () => this.#wake?.());
      this.#wake = () => {
        this.#wake = undefined;
        cancel();
        resolve();
      };
    });
  }
}

/** What was read has led to answers: they leave before more is asked for. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

import { Deadline } from "../time/deadlines.ts";
import { Backlog } from "./backlog.ts";
import type { Batch } from "./batch.ts";
import type { Issue, Membership } from "./membership.ts";
import type { Outlet } from "./outlet.ts";
import { HOLD_BACK } from "./slow-policy.ts";

/** How long a client may take nothing of what waits for it, in milliseconds. */
const NO_PROGRESS_MS = 30_000;
/** How much of the backlog is written at once, in bytes: small enough that progress shows. */
const PIECE_BYTES_MAX = 65_536;
/** Answers beyond this many times the outbound limit end the connection: it keeps asking for more than it reads. */
const ANSWERS_FACTOR_MAX = 16;

/** A socket's hard times: from the first bytes that the operating system did not take at once until nothing waits any more. */
export class Congestion extends Deadline {
  readonly #outlet: Outlet;
  readonly #backlog: Backlog;
  #readingPaused = false;
  /** What was written last: of this alone the operating system may not have taken all. */
  #latest: Buffer;

  constructor(outlet: Outlet, latest: Buffer) {
    super();
    this.#outlet = outlet;
    this.#latest = latest;
    this.#backlog = new Backlog(outlet.share.outboundBytes);
    this.#expectProgress();
  }

  get byteLength(): number {
    return this.#backlog.byteLength;
  }

  get readingPaused(): boolean {
    return this.#readingPaused;
  }

  /** Keeps an answer. Answers are not dropped: instead nothing more is read from a client that does not take them. */
  hold(single: Batch): void {
    // A copy of its own: a piece of Node's shared pool would keep 8 KiB alive for as long as it waits.
    this.#backlog.add(ownCopy(single.join()), "answer");
    const limitBytes = this.#outlet.share.outboundBytes;
    if (this.#backlog.byteLength > limitBytes * ANSWERS_FACTOR_MAX) this.#outlet.close("noProgress");
    else if (this.#backlog.byteLength > limitBytes && !this.#readingPaused) {
      this.#readingPaused = true;
      this.#outlet.wire.pauseReading();
    }
  }

  /** Lets the room's policy decide about a publication. */
  holdBack(issue: Issue, member: Membership): void {
    HOLD_BACK[member.roster.channel.policy](member, issue, this.#backlog);
  }

  /** The operating system has taken everything so far: writes the next piece. True when nothing waits any more. */
  advance(): boolean {
    const piece = this.#next();
    if (piece === undefined) return true;
    this.#latest = piece.join();
    this.#outlet.write(piece);
    this.#expectProgress();
    return false;
  }

  /** Gives out what waits, in order, and what was written last. */
  takeAll(): { readonly latest: Buffer; readonly pieces: Buffer[] } {
    const pieces: Buffer[] = [];
    for (let piece = this.#next(); piece !== undefined; piece = this.#next()) pieces.push(piece.join());
    return { latest: this.#latest, pieces };
  }

  #next(): Batch | undefined {
    return this.#backlog.take(PIECE_BYTES_MAX);
  }

  /** Puts what has waited in another process behind what waits, whatever the limit. */
  keep(piece: Buffer): void {
    this.#backlog.add(piece, "answer");
    this.#readingPaused = this.#backlog.byteLength > this.#outlet.share.outboundBytes;
  }

  /** Writes all that waits, whether it is taken or not. */
  writeAll(): void {
    const rest = this.#backlog.take(Number.POSITIVE_INFINITY);
    if (rest !== undefined) this.#outlet.write(rest);
  }

  /** Ends the hard times. */
  end(): void {
    this.cancel();
    if (this.#readingPaused) this.#outlet.resumeReading();
  }

  override expire(): void {
    this.#outlet.close("noProgress");
  }

  #expectProgress(): void {
    this.#outlet.wire.awaitDrain(this.#outlet);
    this.#outlet.share.deadlines.add(this, NO_PROGRESS_MS);
  }
}

function ownCopy(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}

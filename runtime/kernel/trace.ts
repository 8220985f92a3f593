import type { AnyDefinition, Handler } from "../actor/define-actor.ts";
import { Deadline } from "../time/deadlines.ts";
import type { Cell } from "./cell.ts";
import { Latest } from "./latest.ts";
import { PHASE } from "./phase.ts";
import { refit } from "./refit.ts";

/** Samples that one trace keeps; older ones give way. */
const SAMPLES_MAX = 1_000;

/** One turn, as a trace saw it. It names the kind of the message, never its content. */
export interface TraceSample {
  /** Grows by one with each sample. */
  readonly sequence: number;
  readonly atMs: number;
  readonly kind: string;
  /** How long the message waited in the mailbox, in milliseconds. */
  readonly waitedMs: number;
  /** How long the turn took, its promise included, in milliseconds. */
  readonly tookMs: number;
  /** `givenUp` when its life ended before it did. */
  readonly outcome: "handled" | "failed" | "givenUp";
}

/** What is traced, how densely, and until when. */
export interface TraceOptions {
  /** One turn in so many is looked at. */
  readonly everyNth: number;
  /** It ends by itself after so many milliseconds. */
  readonly forMs: number;
}

/** A turn that is being looked at. */
interface OpenTurn {
  readonly kind: string;
  readonly life: number;
  readonly atMs: number;
  readonly waitedMs: number;
  readonly beganMs: number;
}

/** Looks at the turns of one actor for a while. */
export class Trace extends Deadline {
  readonly id: number;
  readonly path: string;
  readonly type: string;
  readonly everyNth: number;
  /** In milliseconds since 1970. */
  readonly endsAtMs: number;
  /** Turns seen so far, sampled or not. */
  turns = 0;
  readonly #cell: Cell;
  readonly #latest = new Latest<TraceSample>(SAMPLES_MAX);
  #sequence = 0;
  #open: OpenTurn | undefined = undefined;
  #hasEnded = false;

  constructor(cell: Cell, id: number, { everyNth, forMs }: TraceOptions) {
    super();
    this.id = id;
    this.path = cell.pathText;
    this.type = cell.definition.type;
    this.everyNth = everyNth;
    this.endsAtMs = cell.system.clock.wallMs() + forMs;
    this.#cell = cell;
  }

  /** Whether nothing more will come. */
  get isOver(): boolean {
    return this.#hasEnded || this.#cell.phase === PHASE.stopped;
  }

  /** The samples kept, oldest first, or those after a sequence number. */
  samples(after = 0): TraceSample[] {
    return this.#latest
      .recent()
      .reverse()
      .filter(({ sequence }) => sequence > after);
  }

  /** Ends it now; from here on the actor runs as if it had never been. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.cancel();
    refit(this.#cell, { trace: undefined });
  }

  expire(): void {
    this.end();
  }

  /** The same handlers, looked at. */
  wrap(handlers: AnyDefinition["handlers"]): AnyDefinition["handlers"] {
    const wrapped: Record<string, Handler> = Object.create(null);
    for (const [kind, handler] of Object.entries(handlers)) wrapped[kind] = this.#watched(kind, handler);
    return wrapped;
  }

  #watched(kind: string, handler: Handler): Handler {
    return (state, message, context) => {
      this.turns++;
      // A turn whose promise still pends when the next one begins was given up.
      if (this.#open !== undefined) this.#keep(this.#open, "givenUp");
      if (this.turns % this.everyNth !== 0) return handler(state, message, context);
      return this.#follow(this.#begin(kind), () => handler(state, message, context));
    };
  }

  #begin(kind: string): OpenTurn {
    const { clock, dispatcher } = this.#cell.system;
    const beganMs = clock.nowMs();
    const waitedMs = Math.max(0, Math.round(beganMs - dispatcher.mailTick));
    return (this.#open = { kind, life: this.#cell.life, atMs: clock.wallMs(), waitedMs, beganMs });
  }

  #follow(turn: OpenTurn, run: () => unknown): unknown {
    let result: unknown;
    try {
      result = run();
    } catch (error) {
      this.#keep(turn, "failed");
      throw error;
    }
    if (!(result instanceof Promise)) this.#keep(turn, "handled");
    else {
      result.then(
        () => this.#settle(turn, "handled"),
        () => this.#settle(turn, "failed"),
      );
    }
    return result;
  }

  // What comes after the life has ended is told as given up, by whoever sees it first.
  #settle(turn: OpenTurn, outcome: "handled" | "failed"): void {
    if (this.#open === turn) this.#keep(turn, this.#cell.life === turn.life ? outcome : "givenUp");
  }

  #keep({ kind, atMs, waitedMs, beganMs }: OpenTurn, outcome: TraceSample["outcome"]): void {
    this.#open = undefined;
    const tookMs = Math.round((this.#cell.system.clock.nowMs() - beganMs) * 1_000) / 1_000;
    this.#latest.add({ sequence: ++this.#sequence, atMs, kind, waitedMs, tookMs, outcome });
  }
}

import { readableName } from "../actor/actor-name.ts";
import type { ActorSystem } from "./actor-system.ts";
import { PHASE } from "./phase.ts";
import { refit } from "./refit.ts";
import { Trace } from "./trace.ts";
import type { TraceOptions } from "./trace.ts";
import { cellMeant } from "./tree-node.ts";

/** Traces that may run at the same time. */
const TRACES_MAX = 10;
/** How long a trace that is over can still be read, in milliseconds. */
const READABLE_MS = 60_000;
/** The longest that a trace may run, in milliseconds: an hour. */
const TRACE_MAX_MS = 3_600_000;

/** The traces of a node: few, for a while, and gone by themselves. */
export class Traces {
  readonly #system: ActorSystem;
  readonly #byId = new Map<number, Trace>();
  #lastId = 0;

  constructor(system: ActorSystem) {
    this.#system = system;
  }

  /**
   * Begins to look at the turns of the actor at a path; undefined when there is none.
   * @throws RangeError when the numbers make no sense; TypeError when this actor is traced already, or too many traces run
   */
  begin(path: string, options: TraceOptions): Trace | undefined {
    assertWhole("everyNth", options.everyNth, 1_000_000);
    assertWhole("forMs", options.forMs, TRACE_MAX_MS);
    const cell = cellMeant(this.#system.root, path);
    if (cell === undefined || cell.phase >= PHASE.stopping) return undefined;
    const isTraced = cell.extras?.refit?.trace !== undefined;
    if (isTraced) throw new TypeError(`${readableName(path)} is traced already`);
    if (this.open().length >= TRACES_MAX) throw new TypeError(`no more than ${TRACES_MAX} traces at a time`);
    const trace = new Trace(cell, ++this.#lastId, options);
    this.#byId.set(trace.id, trace);
    refit(cell, { trace });
    this.#system.deadlines.add(trace, options.forMs);
    return trace;
  }

  /** A trace that runs, or has ended less than a minute ago. */
  get(id: number): Trace | undefined {
    this.#forget();
    return this.#byId.get(id);
  }

  /** Those that run. */
  open(): Trace[] {
    this.#forget();
    return [...this.#byId.values()].filter(({ isOver }) => !isOver);
  }

  #forget(): void {
    const nowMs = this.#system.clock.wallMs();
    for (const trace of this.#byId.values()) {
      if (trace.isOver && nowMs > trace.endsAtMs + READABLE_MS) this.#byId.delete(trace.id);
    }
  }
}

function assertWhole(name: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return;
  throw new RangeError(`${name} is ${value}; a whole number from 1 to ${max} is expected`);
}

import type { Deadlines } from "../time/deadlines.ts";
import { Deadline } from "../time/deadlines.ts";
import type { ActorSystem } from "./actor-system.ts";
import type { Cell } from "./cell.ts";
import { PHASE } from "./phase.ts";
import { waitingAt } from "./waiting.ts";

/** How long mail may wait unless the definition says otherwise, in milliseconds. */
const MAIL_WITHIN_MS = 10_000;
/** Mail of this age, in milliseconds, is worth a look from time to time. */
export const OLD_MAIL_MS = 1_000;
/** How often queues that do not empty are looked at, in milliseconds; longer when there are very many. */
const LOOK_EVERY_MS = 1_000;
/** Actors that may be looked at in each such period. */
const LOOKS_MAX = 10_000;

/** The mail of a type of actor waits for too long. */
export interface MailAged {
  readonly type: string;
  /** The actor whose mail is the oldest. */
  readonly path: string;
  readonly oldestAgeMs: number;
  /** Messages that wait there. */
  readonly depth: number;
}

/**
 * Notices queues that do not empty, by the age of their oldest message. An actor comes to notice when a visit of the
 * dispatcher leaves old mail behind, or more mail comes to it meanwhile: the others are never looked at. It is for people
 * to act on; nobody is restarted for it.
 */
export class MailAging extends Deadline {
  readonly #system: ActorSystem;
  readonly #deadlines: Deadlines;
  readonly #noted = new Set<Cell>();
  /** Too old at the last look: one that still is at this look was not just held up with the whole process. */
  #suspects = new Set<string>();
  readonly #aging = new Map<string, MailAged>();

  constructor(system: ActorSystem) {
    super();
    this.#system = system;
    this.#deadlines = system.activeDeadlines;
  }

  /** The types whose mail waits for too long now. */
  now(): MailAged[] {
    return [...this.#aging.values()];
  }

  /** This actor has old mail that is not being handled. */
  note(cell: Cell): void {
    this.#noted.add(cell);
    if (this.queue === undefined) this.#deadlines.add(this, LOOK_EVERY_MS);
  }

  expire(): void {
    const looked = this.#noted.size;
    const tooOld = this.#tooOldByType();
    for (const [type, cell] of tooOld) if (this.#suspects.has(type)) this.#aged(type, cell);
    for (const aged of this.#aging.values()) if (!tooOld.has(aged.type)) this.#recovered(aged);
    this.#suspects = new Set(tooOld.keys());
    if (this.#noted.size === 0) return;
    this.#deadlines.add(this, LOOK_EVERY_MS * Math.ceil(looked / LOOKS_MAX));
  }

  /** Of each type whose mail waits for too long, the actor with the oldest. */
  #tooOldByType(): ReadonlyMap<string, Cell> {
    const nowMs = this.#system.clock.nowMs();
    const oldest = new Map<string, { readonly cell: Cell; readonly ageMs: number }>();
    for (const cell of this.#noted) {
      const { type } = cell.definition;
      const ageMs = mailAgeMs(cell, nowMs);
      if (ageMs === undefined || ageMs < OLD_MAIL_MS) this.#noted.delete(cell);
      else if (ageMs >= (cell.definition.mailWithinMs ?? MAIL_WITHIN_MS)) {
        if (ageMs > (oldest.get(type)?.ageMs ?? 0)) oldest.set(type, { cell, ageMs });
      }
    }
    return new Map(Array.from(oldest, ([type, { cell }]) => [type, cell]));
  }

  #aged(type: string, cell: Cell): void {
    const isNew = !this.#aging.has(type);
    const what = { type, path: cell.pathText, ...waitingAt(cell) };
    this.#aging.set(type, what);
    if (isNew) this.#system.log.warn("mailbox.aging", what);
  }

  #recovered({ type, path }: MailAged): void {
    this.#aging.delete(type);
    this.#system.log.info("mailbox.recovered", { type, path });
  }
}

/** How old the oldest message is that waits; undefined when none does, or when it is an operator's wish that it waits. */
function mailAgeMs(cell: Cell, nowMs: number): number | undefined {
  const { first } = cell.mailbox;
  return first === undefined || cell.phase === PHASE.suspended ? undefined : nowMs - first.tick;
}

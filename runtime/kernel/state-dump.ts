import type { ActorSystem } from "./actor-system.ts";
import type { Cell } from "./cell.ts";
import { cellsBelow } from "./cells-below.ts";
import type { Heirloom } from "./heirloom.ts";
import { hold, HOLD, isHeld, letGo } from "./hold.ts";
import { PHASE, TURN } from "./phase.ts";
import { findCell } from "./tree-node.ts";

/** How often a dump looks whether those that were at work have come to rest, in milliseconds. */
const LOOK_EVERY_MS = 5;

/** Which actors are dumped, and how long they may take to come to rest. */
export interface DumpOptions {
  /** How long an actor may go on with its turn and its mail. */
  readonly withinMs: number;
  /** All that opted in unless given. */
  readonly only?: (actor: { readonly path: string; readonly type: string }) => boolean;
}

/** What was dumped so far; undefined for an actor that was frozen and could not be. */
type Dumped = Map<Cell, Heirloom | undefined>;

/** Takes the state out of actors that opted in, so that another process can go on with it. */
export class StateDump {
  readonly #system: ActorSystem;

  constructor(system: ActorSystem) {
    this.#system = system;
  }

  /** Freezes each actor between two turns, as soon as its mailbox is empty or time is up, and dumps it. Parents first. */
  async dump({ withinMs, only = () => true }: DumpOptions): Promise<Heirloom[]> {
    const { clock } = this.#system;
    const untilMs = clock.nowMs() + withinMs;
    const dumped: Dumped = new Map();
    const isMeant = (cell: Cell): boolean => only({ path: cell.pathText, type: cell.definition.type });
    while (!this.#dumpThoseAtRest(dumped, isMeant, clock.nowMs() >= untilMs)) {
      await new Promise<void>((resolve) => clock.after(LOOK_EVERY_MS, resolve));
    }
    // Read off the tree at the end: it has the parents first, and has forgotten those that stopped meanwhile.
    return [...cellsBelow(this.#system.root)].flatMap((cell) => {
      return dumped.get(cell) ?? suspensionOf(cell) ?? [];
    });
  }

  /** Freezes and dumps one actor now; undefined when it has not opted in, is in a turn, or has mail. */
  dumpOne(path: string): Heirloom | undefined {
    const cell = findCell(this.#system.root, path);
    if (cell?.definition.handOver === undefined) return undefined;
    return isAtRest(cell) && cell.mailbox.size === 0 ? this.#freeze(cell) : undefined;
  }

  /** Lets those that were frozen go on, or the one at a path. */
  thaw(path?: string): void {
    for (const cell of cellsBelow(this.#system.root)) {
      if (path === undefined || cell.pathText === path) letGo(cell, HOLD.handOver);
    }
  }

  /** Answers whether nobody is left to wait for. */
  #dumpThoseAtRest(dumped: Dumped, isMeant: (cell: Cell) => boolean, isLate: boolean): boolean {
    let isDone = true;
    for (const cell of cellsBelow(this.#system.root)) {
      if (cell.definition.handOver === undefined || cell.phase >= PHASE.stopping) continue;
      if (dumped.has(cell) || !isMeant(cell)) continue;
      if (isAtRest(cell) && (isLate || isOutOfMail(cell))) dumped.set(cell, this.#freeze(cell));
      else if (isLate) dumped.set(cell, this.#leaveOut(cell));
      else isDone = false;
    }
    return isDone;
  }

  #freeze(cell: Cell): Heirloom | undefined {
    const { type, handOver } = cell.definition;
    hold(cell, HOLD.handOver);
    if (handOver === undefined) return undefined;
    const path = cell.pathText;
    try {
      // A copy, at once: what cannot be sent is found here, and a thawed actor changes nothing that was sent.
      const data: unknown = structuredClone(handOver.dump(cell.state as never));
      return { path, type, version: handOver.version, data, ...suspended(cell) };
    } catch (error) {
      this.#system.log.error("actor.notHandedOver", { path, type, reason: "its dump failed", err: error });
      return undefined;
    }
  }

  #leaveOut(cell: Cell): undefined {
    hold(cell, HOLD.handOver);
    const reason = cell.open === TURN.none ? "it has no state now" : "its turn did not end in time";
    this.#system.log.error("actor.notHandedOver", {
      path: cell.pathText,
      type: cell.definition.type,
      reason,
    });
  }
}

/** What is left to the heir of one without data: what an operator wants of it. */
function suspensionOf(cell: Cell): Heirloom | undefined {
  if (!isHeld(cell, HOLD.operator)) return undefined;
  return { path: cell.pathText, type: cell.definition.type, isSuspended: true };
}

function suspended(cell: Cell): Pick<Heirloom, "isSuspended"> {
  return isHeld(cell, HOLD.operator) ? { isSuspended: true } : {};
}

/** Whether there is a state, and nobody at work on it. */
function isAtRest(cell: Cell): boolean {
  const { phase, open, hasState } = cell;
  return open === TURN.none && hasState && (phase === PHASE.running || phase === PHASE.suspended);
}

// One that an operator suspended would never be.
function isOutOfMail(cell: Cell): boolean {
  if (cell.phase === PHASE.suspended) return true;
  return cell.mailbox.size === 0 && (cell.extras?.control?.size ?? 0) === 0;
}

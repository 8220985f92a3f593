import type { AskKind, AskMessage, Protocol, Reply, Tell } from "../../protocols/protocol.ts";
import type { AnyReference, Reference } from "../../protocols/reference.ts";
import type { Verdict } from "../../runtime/actor/actor-ref.ts";
import type { AskOptions } from "../../runtime/actor/context.ts";
import { ActorSystem } from "../../runtime/kernel/actor-system.ts";
import type { ActorSystemOptions } from "../../runtime/kernel/actor-system.ts";
import type { DeadLetterReason } from "../../runtime/kernel/dead-letters.ts";
import { findCell } from "../../runtime/kernel/tree-node.ts";
import type { TreeNode } from "../../runtime/kernel/tree-node.ts";
import { VirtualClock } from "../../runtime/time/virtual-clock.ts";
import { LogRecord } from "./log-record.ts";
import { script } from "./script.ts";
import type { ScriptParts, ScriptRef } from "./script.ts";

/** Rounds of the dispatcher after which a system that has not come to rest is taken to run for ever. */
const ROUNDS_MAX = 10_000;

/** An actor system on virtual time: nothing runs and no time passes unless the test says so. */
export class VirtualSystem {
  readonly clock = new VirtualClock();
  readonly log = new LogRecord();
  readonly system: ActorSystem;
  /** Macrotasks that the dispatcher has asked for so far. */
  macrotasks = 0;
  #due: (() => void)[] = [];

  /** Chance never shortens a delay here unless `random` is given. */
  constructor(options: Partial<ActorSystemOptions> = {}) {
    this.system = new ActorSystem({
      name: "test",
      clock: this.clock,
      log: this.log,
      random: () => 0,
      schedule: (task) => {
        this.macrotasks++;
        this.#due.push(task);
      },
      ...options,
    });
  }

  /** Starts a scripted actor under the root. */
  spawn(name: string, parts: ScriptParts = {}): ScriptRef {
    return this.system.spawn(script(parts), name);
  }

  tell<P extends Protocol>(to: Reference<P>, message: Tell<P>): Verdict {
    return this.system.tell(to, message);
  }

  ask<P extends Protocol, K extends AskKind<P>>(
    to: Reference<P>,
    message: { readonly kind: K } & AskMessage<P, K>,
    options?: AskOptions,
  ): Promise<Reply<P, K>> {
    return this.system.ask<P, K>(to, message, options);
  }

  /** One macrotask of the dispatcher: runs what it has asked for so far, then all microtasks. */
  async round(): Promise<void> {
    await microtasks();
    for (const task of this.#due.splice(0)) task();
    await microtasks();
  }

  /** Lets everything run that can run without time passing. */
  async settle(): Promise<void> {
    await microtasks();
    for (let rounds = 0; this.#due.length > 0; rounds++) {
      if (rounds === ROUNDS_MAX) throw new Error(`no rest after ${ROUNDS_MAX} rounds`);
      await this.round();
    }
  }

  /** Lets `durationMs` pass, and everything run that falls due on the way. */
  async advance(durationMs: number): Promise<void> {
    const endMs = this.clock.nowMs() + durationMs;
    do await this.settle();
    while (this.clock.step(endMs - this.clock.nowMs()));
    this.clock.advance(endMs - this.clock.nowMs());
  }

  /** The actor at a path. @throws when there is none */
  node(path: string): TreeNode {
    const node = this.system.describe({ path });
    if (node === undefined) throw new Error(`no actor at ${path}`);
    return node;
  }

  /** The scripted actor at a path. @throws when there is none */
  at(path: string): ScriptRef {
    const cell = findCell(this.system.root, path);
    if (cell === undefined) throw new Error(`no actor at ${path}`);
    return cell.reference as AnyReference;
  }

  /** What the scripted actor at a path has noted in its present life. */
  notes(path: string): readonly string[] {
    return (this.node(path).details?.["notes"] ?? []) as readonly string[];
  }

  /** How many dead letters there are of a reason. */
  dead(reason: DeadLetterReason): number {
    return this.system.deadLetters.counts.get(reason) ?? 0;
  }

  /** The names of the events logged so far. */
  get events(): string[] {
    return this.log.lines.map(({ event }) => event);
  }
}

/** Resolves when no microtask is left. */
export function microtasks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

import { Fault, isFault } from "../fault.ts";
import type { Cell } from "../kernel/cell.ts";
import { beginWork, endWork, progressWithinMs } from "../kernel/stall-watch.ts";
import { entityText } from "../persistence/entity-address.ts";
import type { Effect, TurnContext } from "./after-notes.ts";
import { appendFailure, logGivenUp, notStored } from "./append-failure.ts";
import { DecisionQueue, perform } from "./decision-queue.ts";
import type { Settling, Uncommitted } from "./decision-queue.ts";
import type { EntityReads } from "./entity-reads.ts";
import type { EntityReminders } from "./entity-reminders.ts";
import type { Place } from "./place.ts";

/** Decisions of one entity that may wait for the journal; beyond them its mail waits in the mailbox. */
const UNCOMMITTED_MAX = 256;

/** What an entity tells itself when the journal has answered. */
export const COMMITTED = "entity.committed";

/** What has been decided, and is to be seen when it is stored. */
export interface Decided {
  readonly effects: readonly Effect[];
  readonly context: TurnContext;
  /** Whether an answer to the question of this turn is among them. */
  readonly isAnswered: boolean;
}

/** The same for what is stored. */
interface DecidedToStore extends Decided {
  /** Whether it is to be as durable as the journal can make it. */
  readonly isStrongest: boolean;
}

/**
 * What one life of an entity has decided and nobody has seen yet: sent to the journal as it is decided, and seen in that order, each when it and all before it are as durable as
 * its type asks, or as it asks itself. Once one cannot be stored, none after it is ever seen.
 */
export class EntityCommits {
  readonly #place: Place;
  readonly #cell: Cell;
  readonly #reads: EntityReads;
  readonly #reminders: EntityReminders;
  readonly #life: number;
  readonly #queue = new DecisionQueue();
  /** Whether the message that says that the journal has answered is under way. */
  #isTold = false;
  #settling: Settling | undefined = undefined;
  /** What an effect has thrown while this life was ending. */
  #thrown: unknown = undefined;

  constructor(place: Place, cell: Cell, reads: EntityReads, reminders: EntityReminders) {
    this.#place = place;
    this.#cell = cell;
    this.#reads = reads;
    this.#reminders = reminders;
    this.#life = cell.life;
  }

  /** How many wait. */
  get size(): number {
    return this.#queue.size;
  }

  /** Whether as many wait as may. */
  get isFull(): boolean {
    return this.#queue.size >= UNCOMMITTED_MAX;
  }

  /** Whether all that was decided is stored and said. */
  get isStored(): boolean {
    return this.#queue.size === 0;
  }

  /** Whether another life has begun since, or none will. */
  get isOver(): boolean {
    return this.#cell.life !== this.#life;
  }

  /** Has something seen that depends on nothing but what was decided before it. */
  show({ effects, context, isAnswered }: Decided): void {
    if (this.isStored) return this.#mayBeSeen() ? perform({ effects, context }) : undefined;
    this.#await({ effects, context, ask: this.#defer(context, isAnswered), status: "durable" });
  }

  /** The same for what belongs to no decision: an answer that was put off. */
  say(effect: Effect, context: TurnContext): void {
    if (this.isOver || (this.isStored && this.#mayBeSeen())) effect(context);
    else if (!this.isStored) this.#await({ effects: [effect], context, ask: undefined, status: "durable" });
  }

  /** Has a record stored as this version of the entity; what was decided with it is seen then. */
  append(version: number, bytes: Uint8Array, decided: DecidedToStore): void {
    const { effects, context, isAnswered, isStrongest } = decided;
    const { address: entity, kind } = this.#place;
    const ask = this.#defer(context, isAnswered);
    const decision: Uncommitted = { effects, context, ask, status: "appending" };
    const append = this.#place.appendOf(version, { bytes, atMs: this.#reads.wallMs(), isStrongest });
    const appended = this.#reminders.append(() => kind.journal.append(append));
    this.#place.lastAppend = appended.then(
      (answer) => this.#answered(decision, appendFailure(entity, answer)),
      (error: unknown) => this.#answered(decision, notStored(entity, "the journal failed", error)),
    );
    this.#await(decision);
    if (this.#queue.appending === 1) beginWork(this.#cell, progressWithinMs(this.#cell));
  }

  /** The journal has answered: what is durable becomes visible, in order. Answers whether the life goes on. */
  committed(): boolean {
    this.#isTold = false;
    this.#flush();
    const failure = this.#giveUpFailed();
    if (failure !== undefined) this.#endBecause(failure);
    return failure === undefined;
  }

  /** Lets mail in again, once fewer wait than may. */
  letIn(): void {
    if (!this.isFull && this.#cell.extras?.isShut === true) this.#cell.shut(false);
  }

  /** Before this life ends, what is on its way to the journal is waited for, and becomes visible. */
  settle(): Promise<void> | undefined {
    // An append that has stalled this life will not come any more.
    const isStalled = this.#queue.appending > 0 && this.#cell.extras?.workWatch?.isOn === false;
    this.#flushAll();
    if (isStalled) this.#giveUp(notStored(this.#place.address, "the journal does not answer"));
    this.#giveUpFailed();
    if (this.isStored && this.#thrown !== undefined) throw this.#thrown as Error;
    if (this.isStored) return undefined;
    return new Promise((done, failed) => void (this.#settling = { done, failed }));
  }

  /** Nothing more may be seen, and nobody waits for what is on its way to the journal. */
  drop(failure: Fault): void {
    if (!this.isStored) this.#giveUp(failure);
    this.#settling?.done();
  }

  /** Keeps the question of this turn open, if it has one and an answer is on its way. */
  #defer(context: TurnContext, isAnswered: boolean): Uncommitted["ask"] {
    const { ask } = this.#cell;
    if (ask !== undefined && isAnswered) context.replyLater();
    return ask;
  }

  #await(decision: Uncommitted): void {
    this.#queue.add(decision);
    if (this.isFull) this.#cell.shut(true);
  }

  #answered(decision: Uncommitted, failure: Error | undefined): void {
    const cell = this.#cell;
    this.#queue.answered(decision, failure);
    this.#note(failure);
    // The life was ended without waiting any longer; it is a zombie until the last answer has come.
    if (this.isOver) return this.#queue.appending === 0 ? this.#settling?.done() : undefined;
    if (this.#queue.appending === 0) endWork(cell);
    else beginWork(cell, progressWithinMs(cell));
    if (this.#settling !== undefined) return this.#settleOn(this.#settling);
    if (this.#isTold || !this.#queue.isDue) return;
    this.#isTold = true;
    cell.deliverOwn({ kind: COMMITTED });
  }

  #note(failure: Error | undefined): void {
    const { kind, address } = this.#place;
    kind.commits[failure === undefined ? "stored" : "notStored"]++;
    kind.room.note(address, failure);
  }

  #settleOn({ done, failed }: Settling): void {
    this.#flushAll();
    this.#giveUpFailed();
    if (!this.isStored) return;
    return this.#thrown === undefined ? done() : failed(this.#thrown);
  }

  /** What one effect throws does not keep the others back: no later turn would come to them. */
  #flushAll(): void {
    try {
      this.#flush();
    } catch (error) {
      this.#thrown ??= error;
      this.#flushAll();
    }
  }

  #flush(): void {
    if (!this.#mayBeSeen()) return;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) perform(next);
  }

  /** Nothing of an entity is seen unless its node may act for it at that moment. */
  #mayBeSeen(): boolean {
    const place = this.#place;
    if (place.kind.routing.owners.mayAct()) return true;
    place.drop(new Fault("fenced", { entity: entityText(place.address), why: "the lease has lapsed" }));
    return false;
  }

  /** Once an append has failed, nothing that was decided on top of it can become visible. */
  #giveUpFailed(): Error | undefined {
    const { failure, hasFailed } = this.#queue;
    if (!hasFailed || failure === undefined) return undefined;
    this.#giveUp(failure);
    return failure;
  }

  #giveUp(failure: Error): void {
    const decisions = this.#queue.clear();
    for (const { ask } of decisions) ask?.refuse(failure);
    const { address, kind } = this.#place;
    kind.routing.owners.doubt(address);
    logGivenUp(this.#reads.log, { entity: entityText(address), decisions: decisions.length, err: failure });
  }

  /** The state is ahead of what is stored: another life loads it anew, unless somebody else owns it. */
  #endBecause(failure: Error): void {
    if (isFault(failure, "fenced")) this.#cell.stop();
    else this.#cell.handleFault(undefined, undefined, failure);
  }
}

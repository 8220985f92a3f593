import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import type { Context } from "../actor/context.ts";
import type { AnyDecision } from "../actor/define-entity.ts";
import type { RequestName } from "../codec/done-request.ts";
import type { StoredRecord } from "../codec/record-codec.ts";
import { Fault, isFault } from "../fault.ts";
import type { Cell } from "../kernel/cell.ts";
import { beginWork, endWork, progressWithinMs } from "../kernel/stall-watch.ts";
import { entityText } from "../persistence/entity-address.ts";
import { RECORD_BYTES_MAX } from "../persistence/journal-limits.ts";
import type { Firing, Reminder } from "../reminders/reminder.ts";
import { AfterNotes } from "./after-notes.ts";
import type { Effect, NotedLife, TurnContext } from "./after-notes.ts";
import { appendFailure, logGivenUp, notStored } from "./append-failure.ts";
import { DecisionQueue, perform } from "./decision-queue.ts";
import type { Settling, Uncommitted } from "./decision-queue.ts";
import { EntityReads } from "./entity-reads.ts";
import { EntityReminders } from "./entity-reminders.ts";
import { EntitySnapshots } from "./entity-snapshots.ts";
import type { Fold } from "./fold.ts";
import { recordOf } from "./origin.ts";
import type { Delivery, Origin } from "./origin.ts";
import { answerAgain, answered, isOfEffect, withReply } from "./once-only.ts";
import type { Place } from "./place.ts";
import { refuseLarge } from "./refuse-large.ts";
import { NOTHING, undecided } from "./undecided.ts";

/** Decisions of one entity that may wait for the journal; beyond them its mail waits in the mailbox. */
const UNCOMMITTED_MAX = 256;

/** What an entity tells itself when the journal has answered. */
export const COMMITTED = "entity.committed";
/** What an entity is told when a reminder of it may be due. */
export const REMINDED = "entity.reminded";

const NO_RECORD: StoredRecord = { events: [] };

/**
 * One life of an entity: it decides about messages, folds at once what they bring about, has that stored, and lets nothing of it
 * be seen before it is. Many decisions may be on their way to the journal; they become visible in their order.
 */
export class EntityLife implements NotedLife {
  /** Not private, so that a census sees how much it holds. */
  readonly fold: Fold;
  openQuestions = 0;
  readonly #place: Place;
  readonly #cell: Cell;
  readonly #life: number;
  readonly #reads: EntityReads;
  readonly #queue = new DecisionQueue();
  readonly #snapshots: EntitySnapshots;
  readonly #reminders: EntityReminders;
  /** Whether the message that says that the journal has answered is under way. */
  #isTold = false;
  #settling: Settling | undefined = undefined;
  /** What an effect has thrown while this life was ending. */
  #thrown: unknown = undefined;
  /** Those of the decision that is being made. */
  #notes: AfterNotes | undefined = undefined;

  /** @param sinceSnapshot how many records were replayed to come to this state */
  constructor(
    place: Place,
    cell: Cell,
    context: Context<Protocol>,
    loaded: { readonly fold: Fold; readonly sinceSnapshot: number },
  ) {
    this.#place = place;
    this.#cell = cell;
    this.#life = cell.life;
    this.#reads = new EntityReads(place, context);
    this.fold = loaded.fold;
    this.#snapshots = new EntitySnapshots(place, this.fold, context.log, loaded.sinceSnapshot);
    this.#reminders = new EntityReminders(place, this.fold);
    this.#reminders.begin();
  }

  /** Whether it waits for nobody: neither for the journal, nor for the outcome of a question of its own. */
  get isIdle(): boolean {
    return this.isStored && this.openQuestions === 0;
  }

  /** Whether another life has begun since, or none will. */
  get isOver(): boolean {
    return this.#cell.life !== this.#life;
  }

  /** Whether all that was decided is stored and said. */
  get isStored(): boolean {
    return this.#queue.size === 0;
  }

  /** What an operator sees. */
  describe(): Readonly<Record<string, unknown>> {
    const { definition } = this.#place.kind;
    const told = definition.describe?.(this.fold.state as never);
    const { version } = this.fold;
    return { ...told, version, uncommitted: this.#queue.size, ...this.#reminders.describe() };
  }

  dueNowMs(): number {
    return this.#reminders.nowMs();
  }

  /** Handles a message of its protocol. */
  take(message: TaggedMessage, context: TurnContext): void {
    const decision = this.#decide(message);
    if ((decision.events ?? []).length > 0) this.#store(decision, context, {});
    else this.#read(decision, context);
  }

  /** Handles a message that may have come before. */
  takeOnce(message: TaggedMessage, context: TurnContext, { receipt, acknowledge }: Delivery): void {
    const { receipts } = this.fold;
    const { reference, system } = this.#cell;
    // The first one may still be on its way to the journal.
    if (receipts.has(receipt)) this.#show({ effects: [acknowledge], context });
    else if (receipts.isNext(receipt)) {
      this.#store(this.#decide(message), context, { delivery: { receipt, acknowledge } });
      // One before it was not stored: taken now, it would stand for that one, too. Both are sent again.
    } else system.deadLetters.add("outOfOrder", reference.address, message.kind);
  }

  /** Handles a request that may have come before: what was done then is answered once more. */
  takeRequest(message: TaggedMessage, context: TurnContext, again: RequestName): void {
    const atMs = this.#reads.wallMs();
    const done = this.fold.requests?.find(again.name, atMs);
    if (done !== undefined) {
      return this.#show(
        { effects: [answerAgain(this.#place, this.#cell.ask, { done, again })], context },
        true,
      );
    }
    const decision = answered(this.#decide(message), this.#place.protocol, message.kind);
    if (isOfEffect(decision)) this.#store(decision, context, { request: { ...again, atMs } });
    else this.#read(decision, context);
  }

  /** Something may be due: if it is, it is decided about like a message, and what is stored of that ends the reminder. */
  reminded(context: TurnContext): void {
    this.#reminders.isWoken = true;
    this.#fireDue(context);
  }

  /** The journal has answered: what is durable becomes visible, in order. */
  committed(context: TurnContext): void {
    this.#isTold = false;
    this.#flush();
    const failure = this.#giveUpFailed();
    if (failure !== undefined) return this.#endBecause(failure);
    if (this.#reminders.isWoken) this.#fireDue(context);
    if (this.#queue.size < UNCOMMITTED_MAX && this.#cell.extras?.isShut === true) this.#cell.shut(false);
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

  /** An answer that was put off is a part of the decision that is being made, or comes after all that were made. */
  answer(effect: Effect, context: TurnContext): void {
    if (this.#notes !== undefined) this.#notes.effects.push(effect);
    else if (this.isOver || (this.isStored && this.#mayBeSeen())) effect(context);
    else if (!this.isStored) this.#await({ effects: [effect], context, ask: undefined, status: "durable" });
  }

  /** It leaves memory. Nothing may wait for the journal. */
  leave(): void {
    this.#snapshots.leave();
    this.#reminders.leave();
  }

  #fireDue(context: TurnContext): void {
    const isFull = () => this.#queue.size >= UNCOMMITTED_MAX;
    const isDone = this.#reminders.fireDue((...due) => this.#fire(context, ...due), isFull);
    if (isDone && this.isStored) this.#reminders.rest();
  }

  #fire(context: TurnContext, { message }: Reminder, firing: Firing): void {
    this.#reads.firing = firing;
    try {
      this.#store(this.#decide(message), context, { firing });
    } finally {
      this.#reads.firing = undefined;
    }
  }

  /** Nothing more of it may be seen, and nobody waits for what is on its way to the journal. */
  drop(failure: Fault): void {
    if (!this.isStored) this.#giveUp(failure);
    this.#settling?.done();
  }

  #decide(message: TaggedMessage): AnyDecision {
    const decide = this.#place.kind.definition.decide[message.kind];
    if (decide === undefined) return undecided(this.#cell, message);
    return decide(this.fold.state as never, message as never, this.#reads as never) ?? NOTHING;
  }

  #read(decision: AnyDecision, context: TurnContext): void {
    const notes = this.#note(decision, context);
    if (notes.reminders.length > 0) {
      this.fold.apply(NO_RECORD);
      return this.#keep(NO_RECORD, this.#place.kind.records.encode(NO_RECORD), notes, context);
    }
    if (notes.effects.length > 0) this.#show({ effects: notes.effects, context }, notes.isAnswered);
  }

  /** Has something seen that depends on nothing but what was decided before it. */
  #show(decision: Pick<Uncommitted, "effects" | "context">, isAnswered = false): void {
    if (this.isStored) return this.#mayBeSeen() ? perform(decision) : undefined;
    this.#await({ ...decision, ask: this.#defer(decision.context, isAnswered), status: "durable" });
  }

  #store(decision: AnyDecision, context: TurnContext, origin: Origin): void {
    const record = recordOf(decision.events ?? [], origin);
    const bytes = this.#place.kind.records.encode(record);
    if (bytes.length > RECORD_BYTES_MAX) return refuseLarge(this.#place, this.#cell, bytes.length);
    this.fold.apply(record);
    const notes = this.#note(decision, context);
    if (origin.delivery !== undefined) notes.effects.push(origin.delivery.acknowledge);
    if (origin.request === undefined) return this.#keep(record, bytes, notes, context);
    const complete = withReply(record, notes.answer, { protocol: this.#place.protocol, bytes: bytes.length });
    if (complete.request !== undefined) this.fold.keepRequest(complete.request);
    this.#keep(complete, this.#place.kind.records.encode(complete), notes, context);
  }

  /** Has a record stored that is folded already, and what its decision said of reminders with it. */
  #keep(record: StoredRecord, bytes: Uint8Array, notes: AfterNotes, context: TurnContext): void {
    const { effects, reminders, isAnswered } = notes;
    const complete = reminders.length === 0 ? bytes : this.#reminders.change(record, reminders);
    const snapshot = this.#snapshots.afterRecord();
    this.#append(complete, {
      effects: snapshot === undefined ? effects : [...effects, snapshot],
      context,
      ask: this.#defer(context, isAnswered),
      status: "appending",
    });
  }

  #note(decision: AnyDecision, context: TurnContext): AfterNotes {
    const notes = (this.#notes = new AfterNotes(this.#reads, context, this));
    try {
      notes.takeDown(decision, this.fold.state as never);
    } finally {
      this.#notes = undefined;
    }
    return notes;
  }

  /** Keeps the question of this turn open, if it has one and an answer is on its way. */
  #defer(context: TurnContext, isAnswered: boolean): Uncommitted["ask"] {
    const { ask } = this.#cell;
    if (ask !== undefined && isAnswered) context.replyLater();
    return ask;
  }

  #append(bytes: Uint8Array, decision: Uncommitted): void {
    const { address: entity, kind } = this.#place;
    const append = this.#place.appendOf(this.fold.version, bytes, this.#reads.wallMs());
    const appended = this.#reminders.append(() => kind.journal.append(append));
    this.#place.lastAppend = appended.then(
      (answer) => this.#answered(decision, appendFailure(entity, answer)),
      (error: unknown) => this.#answered(decision, notStored(entity, "the journal failed", error)),
    );
    this.#await(decision);
    if (this.#queue.appending === 1) beginWork(this.#cell, progressWithinMs(this.#cell));
  }

  #await(decision: Uncommitted): void {
    this.#queue.add(decision);
    if (this.#queue.size >= UNCOMMITTED_MAX) this.#cell.shut(true);
  }

  #answered(decision: Uncommitted, failure: Error | undefined): void {
    this.#queue.answered(decision, failure);
    this.#place.kind.commits[failure === undefined ? "stored" : "notStored"]++;
    // The life was ended without waiting any longer; it is a zombie until the last answer has come.
    if (this.isOver) return this.#queue.appending === 0 ? this.#settling?.done() : undefined;
    if (this.#queue.appending === 0) endWork(this.#cell);
    else beginWork(this.#cell, progressWithinMs(this.#cell));
    if (this.#settling !== undefined) return this.#settleOn(this.#settling);
    if (this.#isTold || !this.#queue.isDue) return;
    this.#isTold = true;
    this.#cell.deliverOwn({ kind: COMMITTED });
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
    if (this.#place.kind.routing.owners.mayAct()) return true;
    const { address } = this.#place;
    this.#place.drop(new Fault("fenced", { entity: entityText(address), why: "the lease has lapsed" }));
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

import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import type { Context } from "../actor/context.ts";
import type { AnyDecision } from "../actor/define-entity.ts";
import type { RequestName } from "../codec/done-request.ts";
import type { StoredRecord } from "../codec/record-codec.ts";
import type { Fault } from "../fault.ts";
import type { Cell } from "../kernel/cell.ts";
import { RECORD_BYTES_MAX } from "../persistence/journal-limits.ts";
import type { Firing, Reminder } from "../reminders/reminder.ts";
import { AfterNotes } from "./after-notes.ts";
import type { Effect, NotedLife, TurnContext } from "./after-notes.ts";
import { EntityCommits } from "./entity-commits.ts";
import { EntityReads } from "./entity-reads.ts";
import { EntityReminders } from "./entity-reminders.ts";
import { EntitySnapshots } from "./entity-snapshots.ts";
import type { Fold } from "./fold.ts";
import { recordOf } from "./origin.ts";
import type { Delivery, Origin } from "./origin.ts";
import { answerAgain, answered, isOfEffect, withReply } from "./once-only.ts";
import type { Place } from "./place.ts";
import { refuseFull } from "./refuse-full.ts";
import { refuseLarge } from "./refuse-large.ts";
import { NOTHING, undecided } from "./undecided.ts";

/** What an entity is told when a reminder of it may be due. */
export const REMINDED = "entity.reminded";

const NO_RECORD: StoredRecord = { events: [] };

/**
 * One life of an entity: it decides about messages, and folds at once what they bring about. What becomes of that until it may be seen is the business of its commits
 * (`entity-commits.ts`).
 */
export class EntityLife implements NotedLife {
  /** Not private, so that a census sees how much it holds. */
  readonly fold: Fold;
  openQuestions = 0;
  readonly #place: Place;
  readonly #cell: Cell;
  readonly #reads: EntityReads;
  readonly #commits: EntityCommits;
  readonly #snapshots: EntitySnapshots;
  readonly #reminders: EntityReminders;
  /** Those of the decision that is being made. */
  #notes: AfterNotes | undefined = undefined;
  /** Whether the latest record of this life was to be as durable as can be, and so all before it. Of what was loaded nobody knows: its append may have failed after it was stored. */
  #endsStrongest = false;

  /** @param sinceSnapshot how many records were replayed to come to this state */
  constructor(
    place: Place,
    cell: Cell,
    context: Context<Protocol>,
    loaded: { readonly fold: Fold; readonly sinceSnapshot: number },
  ) {
    this.#place = place;
    this.#cell = cell;
    this.#reads = new EntityReads(place, context);
    this.fold = loaded.fold;
    this.#snapshots = new EntitySnapshots(place, this.fold, context, loaded.sinceSnapshot);
    this.#reminders = new EntityReminders(place, this.fold);
    this.#reminders.begin();
    this.#commits = new EntityCommits(place, cell, this.#reads, this.#reminders);
  }

  /** Whether it waits for nobody: neither for the journal, nor for the outcome of a question of its own. */
  get isIdle(): boolean {
    return this.isStored && this.openQuestions === 0;
  }

  /** Whether another life has begun since, or none will. */
  get isOver(): boolean {
    return this.#commits.isOver;
  }

  /** Whether all that was decided is stored and said. */
  get isStored(): boolean {
    return this.#commits.isStored;
  }

  /** What an operator sees. */
  describe(): Readonly<Record<string, unknown>> {
    const { definition } = this.#place.kind;
    const told = definition.describe?.(this.fold.state as never);
    const { version } = this.fold;
    return { ...told, version, uncommitted: this.#commits.size, ...this.#reminders.describe() };
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
    if (receipts.has(receipt)) this.#show([() => acknowledge()], context, false);
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
      return this.#show([answerAgain(this.#place, this.#cell.ask, { done, again })], context, true);
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

  /** The journal has answered. */
  committed(context: TurnContext): void {
    if (!this.#commits.committed()) return;
    if (this.#reminders.isWoken) this.#fireDue(context);
    this.#commits.letIn();
  }

  /** Before this life ends, what is on its way to the journal is waited for, and becomes visible. */
  settle(): Promise<void> | undefined {
    return this.#commits.settle();
  }

  /** An answer that was put off is a part of the decision that is being made, or comes after all that were made. */
  answer(effect: Effect, context: TurnContext): void {
    if (this.#notes !== undefined) this.#notes.effects.push(effect);
    else this.#commits.say(effect, context);
  }

  /** It leaves memory. Nothing may wait for the journal. */
  leave(): void {
    this.#snapshots.leave();
    this.#reminders.leave();
  }

  #fireDue(context: TurnContext): void {
    const isDone = this.#reminders.fireDue(
      (...due) => this.#fire(context, ...due),
      () => this.#commits.isFull,
    );
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
    this.#commits.drop(failure);
  }

  #decide(message: TaggedMessage): AnyDecision {
    const decide = this.#place.kind.definition.decide[message.kind];
    if (decide === undefined) return undecided(this.#cell, message);
    return decide(this.fold.state as never, message as never, this.#reads as never) ?? NOTHING;
  }

  #read(decision: AnyDecision, context: TurnContext): void {
    const notes = this.#note(decision, context);
    // A record without events is acknowledged with all before it.
    if (notes.reminders.length > 0 || (notes.isStrongest && !this.#endsStrongest)) {
      this.fold.apply(NO_RECORD);
      return this.#keep(NO_RECORD, this.#place.kind.records.encode(NO_RECORD), notes, context);
    }
    if (notes.effects.length > 0) this.#show(notes.effects, context, notes.isAnswered);
  }

  #show(effects: readonly Effect[], context: TurnContext, isAnswered: boolean): void {
    this.#commits.show({ effects, context, isAnswered });
  }

  #store(decision: AnyDecision, context: TurnContext, origin: Origin): void {
    const record = recordOf(decision.events ?? [], origin);
    const bytes = this.#place.kind.records.encode(record);
    if (bytes.length > RECORD_BYTES_MAX) return refuseLarge(this.#place, this.#cell, bytes.length);
    // A reminder is tried all the same: it comes again later than the next try.
    const full = origin.firing === undefined ? this.#place.kind.room.refusal(this.#place.address) : undefined;
    if (full !== undefined) return refuseFull(this.#place, this.#cell, full);
    this.fold.apply(record);
    const notes = this.#note(decision, context);
    const { delivery } = origin;
    if (delivery !== undefined) notes.effects.push(() => delivery.acknowledge());
    if (origin.request === undefined) return this.#keep(record, bytes, notes, context);
    const complete = withReply(record, notes.answer, { protocol: this.#place.protocol, bytes: bytes.length });
    if (complete.request !== undefined) this.fold.keepRequest(complete.request);
    this.#keep(complete, this.#place.kind.records.encode(complete), notes, context);
  }

  /** Has a record stored that is folded already, and what its decision said of reminders with it. */
  #keep(record: StoredRecord, bytes: Uint8Array, notes: AfterNotes, context: TurnContext): void {
    const { effects, reminders, isStrongest, isAnswered } = notes;
    this.#endsStrongest = isStrongest;
    const complete = reminders.length === 0 ? bytes : this.#reminders.change(record, reminders);
    const snapshot = this.#snapshots.afterRecord();
    this.#commits.append(this.fold.version, complete, {
      effects: snapshot === undefined ? effects : [...effects, snapshot],
      context,
      isAnswered,
      isStrongest,
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
}

import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import type { Context } from "../actor/context.ts";
import type { AnyDecision } from "../actor/define-entity.ts";
import type { Receipt } from "../codec/record-codec.ts";
import { Fault, isFault } from "../fault.ts";
import type { Cell } from "../kernel/cell.ts";
import { beginWork, endWork, progressWithinMs } from "../kernel/stall-watch.ts";
import { entityText } from "../persistence/entity-address.ts";
import { AfterNotes } from "./after-notes.ts";
import type { Effect, NotedLife, TurnContext } from "./after-notes.ts";
import { appendFailure } from "./append-failure.ts";
import { DecisionQueue } from "./decision-queue.ts";
import type { Uncommitted } from "./decision-queue.ts";
import { EntityReads } from "./entity-reads.ts";
import type { Fold } from "./fold.ts";
import type { Place } from "./place.ts";
import { storeSnapshot } from "./store-snapshot.ts";

/** Decisions of one entity that may wait for the journal; beyond them its mail waits in the mailbox. */
const UNCOMMITTED_MAX = 256;

/** What an entity tells itself when the journal has answered. */
export const COMMITTED = "entity.committed";

/** A message that was delivered with a receipt: it has no second effect, however often it comes. */
export interface Delivery {
  readonly receipt: Receipt;
  /** Called when the message has been taken in for good, also when that was earlier. */
  readonly acknowledge: () => void;
}

/** Who waits for the end of this life. */
interface Settling {
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

const NOTHING: AnyDecision = {};

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
  #sinceSnapshot: number;
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
    this.#sinceSnapshot = loaded.sinceSnapshot;
  }

  /** Whether it waits for nobody: neither for the journal, nor for the outcome of a question of its own. */
  get isIdle(): boolean {
    return this.#isStored && this.openQuestions === 0;
  }

  get #isStored(): boolean {
    return this.#queue.size === 0;
  }

  /** What an operator sees. */
  describe(): Readonly<Record<string, unknown>> {
    const { definition } = this.#place.kind;
    const told = definition.describe?.(this.fold.state as never);
    return { ...told, version: this.fold.version, uncommitted: this.#queue.size };
  }

  /** Handles a message of its protocol. */
  take(message: TaggedMessage, context: TurnContext): void {
    const decision = this.#decide(message);
    const { events = [] } = decision;
    if (events.length > 0) this.#store(decision, context, undefined);
    else this.#read(decision, context);
  }

  /** Handles a message that may have come before. */
  takeOnce(message: TaggedMessage, context: TurnContext, { receipt, acknowledge }: Delivery): void {
    const { receipts } = this.fold;
    const { reference, system } = this.#cell;
    // The first one may still be on its way to the journal.
    if (receipts.has(receipt)) this.#show({ effects: [acknowledge], context });
    else if (receipts.isNext(receipt)) this.#store(this.#decide(message), context, { receipt, acknowledge });
    // One before it was not stored: taken now, it would stand for that one, too. Both are sent again.
    else system.deadLetters.add("outOfOrder", reference.address, message.kind);
  }

  /** The journal has answered: what is durable becomes visible, in order. */
  committed(): void {
    this.#isTold = false;
    this.#flush();
    const failure = this.#giveUpFailed();
    if (failure !== undefined) return this.#endBecause(failure);
    if (this.#queue.size < UNCOMMITTED_MAX && this.#cell.extras?.isShut === true) this.#cell.shut(false);
  }

  /** Before this life ends, what is on its way to the journal is waited for, and becomes visible. */
  settle(): Promise<void> | undefined {
    // An append that has stalled this life will not come any more.
    const isStalled = this.#queue.appending > 0 && this.#cell.extras?.workWatch?.isOn === false;
    this.#flushAll();
    if (isStalled) this.#giveUp(this.#notStored("the journal does not answer"));
    this.#giveUpFailed();
    if (this.#isStored && this.#thrown !== undefined) throw this.#thrown as Error;
    if (this.#isStored) return undefined;
    return new Promise((done, failed) => {
      this.#settling = { done, failed };
    });
  }

  /** An answer that was put off is a part of the decision that is being made, or comes after all that were made. */
  answer(effect: Effect, context: TurnContext): void {
    if (this.#notes !== undefined) this.#notes.effects.push(effect);
    else if (this.#isStored || this.#cell.life !== this.#life) effect(context);
    else this.#await({ effects: [effect], context, ask: undefined, status: "durable" });
  }

  /** Leaves a snapshot behind, so that the next load is short. Nothing may wait for the journal. */
  leave(): void {
    if (this.#sinceSnapshot > 0) this.#snapshot()?.();
  }

  #decide(message: TaggedMessage): AnyDecision {
    const decide = this.#place.kind.definition.decide[message.kind];
    if (decide !== undefined) {
      return decide(this.fold.state as never, message as never, this.#reads as never) ?? NOTHING;
    }
    const { reference, system } = this.#cell;
    system.deadLetters.add("unhandledKind", reference.address, message.kind);
    return NOTHING;
  }

  #read(decision: AnyDecision, context: TurnContext): void {
    const notes = this.#note(decision, context);
    if (notes.effects.length > 0) this.#show({ effects: notes.effects, context }, notes.isAnswered);
  }

  /** Has something seen that depends on nothing but what was decided before it. */
  #show(decision: Pick<Uncommitted, "effects" | "context">, isAnswered = false): void {
    if (this.#isStored) return perform(decision);
    this.#await({ ...decision, ask: this.#defer(decision.context, isAnswered), status: "durable" });
  }

  #store(decision: AnyDecision, context: TurnContext, delivery: Delivery | undefined): void {
    const { events = [] } = decision;
    const record = { events, ...(delivery === undefined ? {} : { receipt: delivery.receipt }) };
    const bytes = this.#place.kind.records.encode(record);
    this.fold.apply(record);
    const notes = this.#note(decision, context);
    const effects = delivery === undefined ? notes.effects : [...notes.effects, delivery.acknowledge];
    const snapshot = this.#snapshotWhenDue();
    this.#append(bytes, {
      effects: snapshot === undefined ? effects : [...effects, snapshot],
      context,
      ask: this.#defer(context, notes.isAnswered),
      status: "appending",
    });
  }

  #note({ reply, after }: AnyDecision, context: TurnContext): AfterNotes {
    const notes = (this.#notes = new AfterNotes(this.#reads, context, this));
    const state = this.fold.state as never;
    try {
      if (reply !== undefined) notes.reply(typeof reply === "function" ? reply(state) : reply);
      after?.(state, notes as never);
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
    const appended = kind.journal.append({
      entity,
      owner: kind.owner,
      expectedVersion: this.fold.version - 1,
      bytes,
      atMs: this.#reads.wallMs(),
      durability: kind.definition.durability,
    });
    this.#place.lastAppend = appended.then(
      (answer) => this.#answered(decision, appendFailure(entity, answer)),
      (error: unknown) => this.#answered(decision, this.#notStored("the journal failed", error)),
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
    if (this.#cell.life !== this.#life) return this.#answeredLate();
    if (this.#queue.appending === 0) endWork(this.#cell);
    else beginWork(this.#cell, progressWithinMs(this.#cell));
    if (this.#settling !== undefined) return this.#settleOn(this.#settling);
    if (this.#isTold || !this.#queue.isDue) return;
    this.#isTold = true;
    this.#cell.deliverOwn({ kind: COMMITTED });
  }

  /** The life was ended without waiting any longer; it is a zombie until the last answer has come. */
  #answeredLate(): void {
    if (this.#queue.appending === 0) this.#settling?.done();
  }

  #settleOn({ done, failed }: Settling): void {
    this.#flushAll();
    this.#giveUpFailed();
    if (!this.#isStored) return;
    if (this.#thrown === undefined) done();
    else failed(this.#thrown);
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
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) perform(next);
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
    const what = { entity: entityText(this.#place.address), decisions: decisions.length, err: failure };
    if (isFault(failure, "fenced")) this.#reads.log.warn("entity.fenced", what);
    else this.#reads.log.warn("entity.notStored", what);
  }

  /** The state is ahead of what is stored: another life loads it anew, unless somebody else owns it. */
  #endBecause(failure: Error): void {
    if (isFault(failure, "fenced")) this.#cell.stop();
    else this.#cell.handleFault(undefined, undefined, failure);
  }

  #notStored(why: string, cause?: unknown): Fault {
    return new Fault("notStored", { entity: entityText(this.#place.address), why }, { cause });
  }

  #snapshotWhenDue(): (() => void) | undefined {
    this.#sinceSnapshot++;
    const everyRecords = this.#place.kind.definition.snapshot?.everyRecords ?? Number.POSITIVE_INFINITY;
    return this.#sinceSnapshot < everyRecords ? undefined : this.#snapshot();
  }

  /** Takes the state as it is now; it is written when what is answered is called. */
  #snapshot(): (() => void) | undefined {
    const { kind, address } = this.#place;
    const { snapshot } = kind.definition;
    if (snapshot === undefined) return undefined;
    const { state, version, receipts } = this.fold;
    const { log } = this.#reads;
    this.#sinceSnapshot = 0;
    try {
      const data = snapshot.dump(state as never);
      const bytes = kind.snapshots.encode({ version: snapshot.version, data, receipts: receipts.entries() });
      return () => storeSnapshot(kind, { address, version, bytes, log });
    } catch (error) {
      // The records say the same, at greater length: no decision fails for it, and nobody who passes by.
      log.warn("entity.snapshotFailed", { entity: entityText(address), version, err: error });
      return undefined;
    }
  }
}

function perform({ effects, context }: Pick<Uncommitted, "effects" | "context">): void {
  for (const effect of effects) effect(context);
}

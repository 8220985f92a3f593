import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import type { Verdict } from "../actor/actor-ref.ts";
import type { ArgsOf } from "../actor/context.ts";
import type { ActorDefinition, AnyDefinition } from "../actor/define-actor.ts";
import type { AnyEntityDefinition, EntityDefinition } from "../actor/define-entity.ts";
import type { RequestName } from "../codec/done-request.ts";
import { RecordCodec } from "../codec/record-codec.ts";
import { ReminderCodec } from "../codec/reminder-codec.ts";
import { SnapshotCodec } from "../codec/snapshot-codec.ts";
import { Fault } from "../fault.ts";
import type { ActorSystem } from "../kernel/actor-system.ts";
import type { LocalRef } from "../kernel/local-ref.ts";
import type { Keepsake } from "../feature.ts";
import { addressProblem } from "../persistence/entity-address.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import { suffices } from "../persistence/durability.ts";
import type { Journal } from "../persistence/journal.ts";
import { MemoryReminderStore } from "../reminders/memory-reminder-store.ts";
import { Reminders } from "../reminders/reminders.ts";
import type { ReminderSettings } from "../reminders/reminders.ts";
import { ActiveEntities } from "./active-entities.ts";
import { REQUESTED } from "./entity-actor.ts";
import { REMINDED } from "./entity-life.ts";
import { NoOwners } from "./entity-owners.ts";
import type { EntityOwners } from "./entity-owners.ts";
import { addType, Entities } from "./entity-supervisors.ts";
import type { EntityKind } from "./entity-kind.ts";
import { EntityType } from "./entity-type.ts";
import { placedActor, placedKind } from "./placed-actor.ts";
import type { PlacedOptions } from "./placed-actor.ts";
import { RoomLeft } from "./room-left.ts";
import { Routing } from "./routing.ts";
import type { EntityRouter } from "./routing.ts";
import { holdAll, Suspensions } from "./suspensions.ts";

/** Entities that may be in memory at once, unless told otherwise. */
const ACTIVE_MAX = 100_000;
/** How long entities may take to handle the mail that they have, before another process takes over, in milliseconds. */
const FINISH_WITHIN_MS = 1_000;
/** How often it is looked whether they have, in milliseconds. */
const LOOK_EVERY_MS = 5;

/** What a host is built from. */
export interface EntityHostParts {
  readonly system: ActorSystem;
  readonly journal: Journal;
  /** In whose name this process writes. */
  readonly owners: EntityOwners;
  /** Where it is stored when entities have to be woken, and how fast they are; in memory unless given. */
  readonly reminders?: ReminderSettings | undefined;
  /** How many entities may be in memory at once, 100,000 unless given. */
  readonly activeMax?: number;
}

/** By what a request is known again, and how long its answer is waited for. */
export interface RequestBy {
  readonly request: RequestName;
  readonly deadlineMs: number;
}

/** Runs the entities of this node: each is an actor from its first message until it has been idle for long enough. */
export class EntityHost {
  readonly #parts: EntityHostParts;
  readonly #active: ActiveEntities;
  /** When its entities have to be woken. */
  readonly reminders: Reminders;
  readonly #types = new Map<string, EntityType>();
  readonly #suspensions: Suspensions;
  readonly #routing: Routing;
  readonly #room: RoomLeft;
  #root: LocalRef | undefined = undefined;

  constructor(parts: EntityHostParts) {
    this.#parts = parts;
    const { clock, log } = parts.system;
    this.reminders = new Reminders({ store: new MemoryReminderStore(), ...parts.reminders, clock, log });
    this.#routing = new Routing(parts.owners);
    this.#room = new RoomLeft(clock);
    this.#active = new ActiveEntities(parts.system, parts.activeMax ?? ACTIVE_MAX);
    this.#suspensions = new Suspensions(this.#types, parts.system.log);
  }

  /** How many entities are in memory. */
  get activeCount(): number {
    return this.#active.size;
  }

  /**
   * Makes entities of a type available, with what their decisions need to know.
   * @throws Fault `durabilityMissing` when the journal promises less than they ask for; RangeError when the type is offered twice,
   * or says what cannot be
   */
  offer<P extends Protocol, Args>(
    definition: EntityDefinition<P, Args>,
    ...args: ArgsOf<Args>
  ): EntityType<P> {
    return this.#add(this.#kindOf(definition, args[0]));
  }

  /**
   * Makes actors available that stand at places of the cluster as entities do: one at a time at each, found from everywhere, and moved with their mail. Nothing of them
   * is stored: each begins anew where it is next. @throws RangeError when the type is offered twice, or says what cannot be
   */
  offerActor<P extends Protocol, Args>(
    definition: ActorDefinition<P, Args>,
    options: PlacedOptions,
    ...args: ArgsOf<Args>
  ): EntityType<P> {
    const kind = this.#kindOf(placedKind(definition, options) as AnyEntityDefinition, args[0]);
    return this.#add({ ...kind, actor: placedActor(definition as AnyDefinition, kind) });
  }

  #kindOf(definition: AnyEntityDefinition, args: unknown): EntityKind {
    const { journal } = this.#parts;
    if (this.#types.has(definition.type)) throw new RangeError(`entity ${definition.type} is offered twice`);
    refuseUnfit(definition);
    this.#refuseWeak(definition);
    const codec = new ReminderCodec(definition.protocol as Protocol);
    return {
      definition,
      args,
      records: new RecordCodec(definition.events, codec),
      snapshots: new SnapshotCodec(codec),
      journal,
      room: this.#room,
      commits: { stored: 0, notStored: 0 },
      reminders: this.reminders,
      routing: this.#routing,
    };
  }

  #add<P extends Protocol>(kind: EntityKind): EntityType<P> {
    const type = new EntityType<P>(kind, this.#active);
    this.#types.set(type.type, type as unknown as EntityType);
    if (this.#root === undefined) this.#begin();
    else addType(this.#root.cell, type as unknown as EntityType);
    return type;
  }

  /** By type: how many are in memory, and what became of what they decided. */
  counts(): (EntityKind["commits"] & { readonly type: string; readonly active: number })[] {
    return Array.from(this.#types.values(), ({ type, size, kind }) => ({
      type,
      active: size,
      ...kind.commits,
    }));
  }

  /** The entities that understand this protocol; undefined when nobody offers them. */
  find<P extends Protocol>(protocol: P): EntityType<P> | undefined {
    for (const type of this.#types.values()) {
      if (type.kind.definition.protocol === protocol) return type as unknown as EntityType<P>;
    }
    return undefined;
  }

  /** Has an entity look whether a reminder of it is due; activates it. */
  wake({ type, id }: EntityAddress): Verdict {
    return this.#types.get(type)?.send(id, { kind: REMINDED }, undefined) ?? "gone";
  }

  /**
   * Sends a message that has one effect and one answer however often it is sent, as long as the entity knows its name: the answer of the first time is given again. What has no
   * answer is answered `taken`. Rejects with a Fault as a question does, with `requestDiffers` for a name that was used for something else, and with
   * `answerNotKept` for one whose answer was too large. @throws Fault `addressInvalid`
   */
  request(to: EntityAddress, message: TaggedMessage, by: RequestBy): Promise<TaggedMessage> {
    const type = this.#types.get(to.type);
    if (type === undefined) throw new Fault("addressInvalid", { ...to, why: "nobody offers such entities" });
    const { request, deadlineMs } = by;
    const requested = { kind: REQUESTED, message, request };
    return this.#parts.system.put(type.entity(to.id), requested, { deadlineMs }, undefined);
  }

  /** The entities of a type; undefined when nobody offers them. */
  type(name: string): EntityType | undefined {
    return this.#types.get(name);
  }

  /** All types that are offered. */
  types(): readonly EntityType[] {
    return [...this.#types.values()];
  }

  /** From now on these own what is here and find what is elsewhere; with nobody, no entity may be had. */
  routeBy(region: (EntityRouter & EntityOwners) | undefined): void {
    this.#routing.router = region;
    this.#routing.owners = region ?? new NoOwners();
  }

  /** Which entities an operator has suspended: for the process that takes over. */
  get keepsake(): Keepsake {
    return this.#suspensions;
  }

  /**
   * Another process takes over: entities handle the mail that they have, within a second, and then leave. Resolves when all that they decided is stored and said. What
   * waits at them then, and what comes later, ends with `actorMoved`.
   */
  async leave(): Promise<void> {
    await this.#finish();
    this.#active.areLeaving = true;
    const root = this.#root?.cell;
    this.#suspensions.note(root);
    if (root !== undefined) holdAll(root);
    await this.stop();
  }

  /** Nobody has taken over: entities are activated again by their next messages. */
  comeBack(): void {
    this.#active.areLeaving = false;
    if (this.#root === undefined && this.#types.size > 0) this.#begin();
    this.suspendAgain();
  }

  /** Suspends those who were when their process left, here or where they came from. */
  suspendAgain(): void {
    this.#suspensions.restore(this.#root?.cell);
  }

  /** Lets no entity take anything more, and resolves when all that they decided is stored and said. */
  async stop(): Promise<void> {
    const { cell } = this.#root ?? {};
    this.#root = undefined;
    if (cell === undefined) return;
    const stopped = new Promise<void>((resolve) => (this.#onStopped = resolve));
    cell.stop();
    // One that was between two lives has nothing to say at its end.
    if (!cell.stopped) await stopped;
  }

  #onStopped = (): void => {};

  async #finish(): Promise<void> {
    const { clock } = this.#parts.system;
    const untilMs = clock.nowMs() + FINISH_WITHIN_MS;
    while (this.#active.areAtWork && clock.nowMs() < untilMs) {
      await new Promise<void>((resolve) => clock.after(LOOK_EVERY_MS, resolve));
    }
  }

  #begin(): void {
    const { system } = this.#parts;
    const onStopped = (): void => {
      this.reminders.stop();
      this.#onStopped();
    };
    this.#root = system.spawn(Entities, "entities", { types: this.#types, onStopped }) as unknown as LocalRef;
    this.reminders.begin((entity) => this.wake(entity));
  }

  #refuseWeak({ type, durability }: AnyEntityDefinition): void {
    const { strongest } = this.#parts.journal;
    if (suffices(strongest, durability)) return;
    throw new Fault("durabilityMissing", { type, durability, strongest });
  }
}

/** @throws RangeError when no entity of this type could be reached, or leave memory in time */
function refuseUnfit({ type, passivateAfterMs, snapshot }: AnyEntityDefinition): void {
  const problem = addressProblem({ type, id: "any" });
  if (problem !== undefined) throw new RangeError(`entity ${type}: ${problem}`);
  if (!Number.isFinite(passivateAfterMs) || passivateAfterMs < 1) {
    throw new RangeError(`entity ${type}: passivateAfterMs must be at least 1, not ${passivateAfterMs}`);
  }
  if (snapshot !== undefined && !(snapshot.everyRecords >= 1)) {
    throw new RangeError(`entity ${type}: everyRecords must be at least 1, not ${snapshot.everyRecords}`);
  }
}

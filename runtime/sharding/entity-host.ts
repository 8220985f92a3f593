import type { Protocol } from "../../protocols/protocol.ts";
import type { ArgsOf } from "../actor/context.ts";
import type { AnyEntityDefinition, EntityDefinition } from "../actor/define-entity.ts";
import { RecordCodec } from "../codec/record-codec.ts";
import { SnapshotCodec } from "../codec/snapshot-codec.ts";
import { Fault } from "../fault.ts";
import type { ActorSystem } from "../kernel/actor-system.ts";
import type { LocalRef } from "../kernel/local-ref.ts";
import { addressProblem } from "../persistence/entity-address.ts";
import { DURABILITIES } from "../persistence/journal.ts";
import type { Journal, Owner } from "../persistence/journal.ts";
import { ActiveEntities } from "./active-entities.ts";
import { addType, Entities } from "./entity-supervisors.ts";
import { EntityType } from "./entity-type.ts";

/** Entities that may be in memory at once, unless told otherwise. */
const ACTIVE_MAX = 100_000;

/** What a host is built from. */
export interface EntityHostParts {
  readonly system: ActorSystem;
  readonly journal: Journal;
  /** In whose name this process writes. */
  readonly owner: Owner;
  /** How many entities may be in memory at once, 100,000 unless given. */
  readonly activeMax?: number;
}

/** Runs the entities of this node: each is an actor from its first message until it has been idle for long enough. */
export class EntityHost {
  readonly #parts: EntityHostParts;
  readonly #active: ActiveEntities;
  readonly #types = new Map<string, EntityType>();
  #root: LocalRef | undefined = undefined;

  constructor(parts: EntityHostParts) {
    this.#parts = parts;
    this.#active = new ActiveEntities(parts.system, parts.activeMax ?? ACTIVE_MAX);
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
    const { journal, owner } = this.#parts;
    if (this.#types.has(definition.type)) throw new RangeError(`entity ${definition.type} is offered twice`);
    refuseUnfit(definition);
    this.#refuseWeak(definition);
    const kind = {
      definition,
      args: args[0],
      records: new RecordCodec(definition.events),
      snapshots: new SnapshotCodec(),
      journal,
      owner,
    };
    const type = new EntityType<P>(kind, this.#active);
    this.#types.set(definition.type, type as unknown as EntityType);
    if (this.#root === undefined) this.#begin();
    else addType(this.#root.cell, type as unknown as EntityType);
    return type;
  }

  /** The entities that understand this protocol; undefined when nobody offers them. */
  find<P extends Protocol>(protocol: P): EntityType<P> | undefined {
    for (const type of this.#types.values()) {
      if (type.kind.definition.protocol === protocol) return type as unknown as EntityType<P>;
    }
    return undefined;
  }

  /** Lets no entity take anything more, and resolves when all that they decided is stored and said. */
  async stop(): Promise<void> {
    const { cell } = this.#root ?? {};
    this.#root = undefined;
    if (cell === undefined || cell.stopped) return;
    await new Promise<void>((resolve) => {
      this.#onStopped = resolve;
      cell.stop();
    });
  }

  #onStopped = (): void => {};

  #begin(): void {
    const { system } = this.#parts;
    const args = { types: this.#types, onStopped: () => this.#onStopped() };
    this.#root = system.spawn(Entities, "entities", args) as unknown as LocalRef;
  }

  #refuseWeak({ type, durability }: AnyEntityDefinition): void {
    const { strongest } = this.#parts.journal;
    if (DURABILITIES.indexOf(durability) <= DURABILITIES.indexOf(strongest)) return;
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

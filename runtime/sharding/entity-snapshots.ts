import type { Protocol } from "../../protocols/protocol.ts";
import type { Context } from "../actor/context.ts";
import { entityText } from "../persistence/entity-address.ts";
import type { Fold } from "./fold.ts";
import { forgetEntity } from "./forget-entity.ts";
import type { Place } from "./place.ts";
import { storeSnapshot } from "./store-snapshot.ts";

/** Decides in one life of an entity when its state is stored as a whole. */
export class EntitySnapshots {
  readonly #place: Place;
  readonly #fold: Fold;
  readonly #context: Pick<Context<Protocol>, "log">;
  #sinceLast: number;

  /** @param sinceLast how many records were replayed to come to this state */
  constructor(place: Place, fold: Fold, context: Pick<Context<Protocol>, "log">, sinceLast: number) {
    this.#place = place;
    this.#fold = fold;
    this.#context = context;
    this.#sinceLast = sinceLast;
  }

  /** One more record: when a snapshot is due, the state is taken as it is now, and written when what is answered is called. */
  afterRecord(): (() => void) | undefined {
    this.#sinceLast++;
    const everyRecords = this.#place.kind.definition.snapshot?.everyRecords ?? Number.POSITIVE_INFINITY;
    return this.#sinceLast < everyRecords ? undefined : this.#take();
  }

  /** Leaves one behind, so that the next load is short, or nothing at all. Nothing may wait for the journal. */
  leave(): void {
    if (this.#place.isForgotten) this.#forget();
    else if (this.#sinceLast > 0) this.#take()?.();
  }

  #forget(): void {
    const { kind, address, owner } = this.#place;
    if (this.#fold.version === 0) return;
    this.#place.lastWrite = forgetEntity(kind, { entity: address, owner }, this.#context.log);
  }

  #take(): (() => void) | undefined {
    const { kind, address, owner } = this.#place;
    const { snapshot } = kind.definition;
    if (snapshot === undefined) return undefined;
    const { state, version, receipts, requests, reminders } = this.#fold;
    this.#sinceLast = 0;
    try {
      const data = snapshot.dump(state as never);
      const bytes = kind.snapshots.encode({
        version: snapshot.version,
        data,
        receipts: receipts.entries(),
        ...(requests === undefined ? {} : { requests: requests.entries() }),
        ...(reminders === undefined ? {} : { reminders: reminders.entries() }),
      });
      return () => {
        this.#place.lastWrite = storeSnapshot(kind, {
          address,
          owner,
          version,
          bytes,
          log: this.#context.log,
        });
      };
    } catch (error) {
      // The records say the same, at greater length: no decision fails for it, and nobody who passes by.
      this.#context.log.warn("entity.snapshotFailed", { entity: entityText(address), version, err: error });
      return undefined;
    }
  }
}

import type { AnyEntityDefinition } from "../actor/define-entity.ts";
import type { StoredRecord } from "../codec/record-codec.ts";
import { Receipts } from "./receipts.ts";

/** What has happened to an entity so far, folded into its state. It knows nothing of decisions and of effects. */
export class Fold {
  readonly #evolve: AnyEntityDefinition["evolve"];
  readonly receipts: Receipts;
  state: unknown;
  /** The version of the last record in it. */
  version: number;

  constructor(
    { evolve }: AnyEntityDefinition,
    from: { readonly state: unknown; readonly version: number; readonly receipts: Receipts },
  ) {
    this.#evolve = evolve;
    this.state = from.state;
    this.version = from.version;
    this.receipts = from.receipts;
  }

  /** Nothing has happened yet. */
  static empty(definition: AnyEntityDefinition, id: string, args: unknown): Fold {
    const state = definition.initialState(id, args);
    return new Fold(definition, { state, version: 0, receipts: new Receipts() });
  }

  /** The next record has come. */
  apply({ events, receipt }: StoredRecord): void {
    for (const event of events) {
      const next = this.#evolve[event.kind]?.(this.state as never, event as never);
      if (next !== undefined) this.state = next;
    }
    if (receipt !== undefined) this.receipts.add(receipt);
    this.version++;
  }
}

import type { AnyEntityDefinition } from "../actor/define-entity.ts";
import type { DoneRequest } from "../codec/done-request.ts";
import type { StoredRecord } from "../codec/record-codec.ts";
import { PendingReminders } from "../reminders/pending-reminders.ts";
import type { ReminderChange } from "../reminders/reminder.ts";
import { Receipts } from "./receipts.ts";
import { Requests } from "./requests.ts";

/** What has happened to an entity so far, folded into its state. It knows nothing of decisions and of effects. */
export class Fold {
  readonly #evolve: AnyEntityDefinition["evolve"];
  readonly receipts: Receipts;
  /** Undefined while there never was one. */
  requests: Requests | undefined;
  /** Undefined while there never was one. */
  reminders: PendingReminders | undefined;
  state: unknown;
  /** The version of the last record in it. */
  version: number;

  constructor(
    { evolve }: AnyEntityDefinition,
    from: {
      readonly state: unknown;
      readonly version: number;
      readonly receipts: Receipts;
      readonly requests?: Requests;
      readonly reminders?: PendingReminders;
    },
  ) {
    this.#evolve = evolve;
    this.state = from.state;
    this.version = from.version;
    this.receipts = from.receipts;
    this.requests = from.requests;
    this.reminders = from.reminders;
  }

  /** Nothing has happened yet. */
  static empty(definition: AnyEntityDefinition, id: string, args: unknown): Fold {
    const state = definition.initialState(id, args);
    return new Fold(definition, { state, version: 0, receipts: new Receipts() });
  }

  /** The next record has come. */
  apply({ events, receipt, request, reminders }: StoredRecord): void {
    for (const event of events) {
      const next = this.#evolve[event.kind]?.(this.state as never, event as never);
      if (next !== undefined) this.state = next;
    }
    if (receipt !== undefined) this.receipts.add(receipt);
    if (request !== undefined) this.keepRequest(request);
    if (reminders !== undefined) this.remind(reminders);
    this.version++;
  }

  /** What the record says of the request that it comes from. */
  keepRequest(request: DoneRequest): void {
    this.requests ??= new Requests();
    this.requests.add(request);
  }

  /** What the record says of the reminders. */
  remind(changes: readonly ReminderChange[]): void {
    this.reminders ??= new PendingReminders();
    for (const change of changes) this.reminders.apply(change);
  }
}

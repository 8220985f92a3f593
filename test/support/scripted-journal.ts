import { Fault } from "../../runtime/fault.ts";
import type { EntityAddress } from "../../runtime/persistence/entity-address.ts";
import type {
  Append,
  Appended,
  Journal,
  JournalEntry,
  JournalRecord,
  Loaded,
  SnapshotWrite,
  Stored,
} from "../../runtime/persistence/journal.ts";
import { MemoryJournal } from "../../runtime/persistence/memory-journal.ts";

/**
 * What becomes of an append: it is stored; refused, because another version or another owner is there; fails without being
 * stored, or for want of room; is stored, but the answer is a failure; or is stored and never answered.
 */
export type AppendFate =
  | "stored"
  | "conflict"
  | "fenced"
  | "failed"
  | "full"
  | "storedUnheard"
  | "unanswered";

interface Held {
  readonly id: string;
  readonly answer: () => void;
}

/** A journal in memory that does to appends what a test wants. */
export class ScriptedJournal implements Journal {
  readonly stored: Journal;
  readonly strongest = "replicated";
  /** The fates of the next appends, in order; what comes after them is stored. */
  readonly fates: AppendFate[] = [];
  /** Every append that was asked for. */
  readonly appends: Append[] = [];
  readonly snapshots: SnapshotWrite[] = [];
  /** Every record that was ever stored, by the id of its entity, also what a snapshot has made needless. */
  readonly history = new Map<string, Uint8Array[]>();
  /** How many of them are known to be stored: by an answer, or by a load. */
  readonly heard = new Map<string, number>();
  /** What the next loads fail with. */
  readonly loadFaults: Fault[] = [];
  /** Whether it has lost what it held: nobody can tell what is new. */
  isLost = false;
  loads = 0;
  /** Set while nobody should decide anything new. */
  whenFree: Promise<void> | undefined = undefined;
  /** Whether the answers to appends wait until they are let go. */
  isHolding = false;
  readonly #held: Held[] = [];

  constructor(stored: Journal = new MemoryJournal({ strongest: "replicated" })) {
    this.stored = stored;
  }

  async append(append: Append): Promise<Appended> {
    this.appends.push(append);
    const { id } = append.entity;
    const outcome = this.#outcome(append, this.fates.shift() ?? "stored");
    // A failure that is held back is looked at later.
    outcome.catch(() => {});
    if (this.isHolding) await this.#hold(id);
    const appended = await outcome;
    if (appended.kind === "appended") this.heard.set(id, appended.version);
    return appended;
  }

  /** Answers the oldest held append, of one entity if it is named; false when none is held. */
  answer(id?: string): boolean {
    const index = this.#held.findIndex((held) => id === undefined || held.id === id);
    if (index === -1) return false;
    for (const { answer } of this.#held.splice(index, 1)) answer();
    return true;
  }

  /** Answers all that are held, and holds no more. */
  letGo(): void {
    this.isHolding = false;
    while (this.answer());
  }

  get heldCount(): number {
    return this.#held.length;
  }

  async load(entity: EntityAddress): Promise<Loaded> {
    this.loads++;
    const fault = this.loadFaults.shift();
    if (fault !== undefined) throw fault;
    const loaded = await this.stored.load(entity);
    this.heard.set(entity.id, loaded.version);
    return loaded;
  }

  async confirmUnknown(entity: EntityAddress): Promise<void> {
    if (this.isLost) throw new Fault("stateLost", { ...entity });
  }

  read(entity: EntityAddress, page: Parameters<Journal["read"]>[1]): Promise<readonly JournalRecord[]> {
    return this.stored.read(entity, page);
  }

  snapshot(write: SnapshotWrite): Promise<Stored> {
    this.snapshots.push(write);
    return this.stored.snapshot(write);
  }

  remove(removal: Parameters<Journal["remove"]>[0]): Promise<Stored> {
    return this.stored.remove(removal);
  }

  list(...page: Parameters<Journal["list"]>): Promise<readonly JournalEntry[]> {
    return this.stored.list(...page);
  }

  close(): Promise<void> {
    return this.stored.close();
  }

  #outcome(append: Append, fate: AppendFate): Promise<Appended> {
    switch (fate) {
      case "stored":
        return this.#store(append);
      case "conflict":
        return Promise.resolve({ kind: "conflict", version: append.expectedVersion + 1 });
      case "fenced":
        return Promise.resolve({ kind: "fenced", by: { ownerEpoch: 2, incarnation: "another" } });
      case "failed":
        return unavailable();
      case "full":
        return Promise.reject(new Fault("journalFull"));
      case "storedUnheard":
        return this.#store(append).then(unavailable);
      case "unanswered":
        return this.#store(append).then(() => new Promise<never>(() => {}));
    }
  }

  async #store(append: Append): Promise<Appended> {
    const appended = await this.stored.append(append);
    if (appended.kind !== "appended") return appended;
    const { id } = append.entity;
    this.history.set(id, [...(this.history.get(id) ?? []), append.bytes]);
    return appended;
  }

  #hold(id: string): Promise<void> {
    return new Promise((answer) => this.#held.push({ id, answer }));
  }
}

function unavailable(): Promise<never> {
  return Promise.reject(new Fault("journalUnavailable"));
}

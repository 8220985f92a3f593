import type { Reference } from "../../protocols/reference.ts";
import { RecordCodec } from "../../runtime/codec/record-codec.ts";
import type { StoredRecord } from "../../runtime/codec/record-codec.ts";
import { ReminderCodec } from "../../runtime/codec/reminder-codec.ts";
import { MemoryReminderStore } from "../../runtime/reminders/memory-reminder-store.ts";
import type { ReminderStore } from "../../runtime/reminders/reminder-store.ts";
import type { Reminders } from "../../runtime/reminders/reminders.ts";
import { EntityHost } from "../../runtime/sharding/entity-host.ts";
import { OneOwner } from "../../runtime/sharding/entity-owners.ts";
import type { EntityType } from "../../runtime/sharding/entity-type.ts";
import { diary, DiaryEvents, DiaryProtocol } from "./diary.ts";
import { OWNER } from "./entity-world.ts";
import { ScriptedJournal } from "./scripted-journal.ts";
import { VirtualSystem } from "./virtual-system.ts";

/** What a world of diaries begins with. */
export interface DiaryWorldParts {
  readonly journal?: ScriptedJournal;
  readonly store?: ReminderStore;
  readonly perSecond?: number;
  /** What its clock shows at the beginning. */
  readonly wallMs?: number;
  /** As whom its process writes: each one that comes after another has a higher one, as a journal gives it. */
  readonly ownerEpoch?: number;
}

/** Diaries on a system in virtual time, with a journal and a store of reminders that outlive them. */
export class DiaryWorld {
  readonly virtual = new VirtualSystem();
  readonly journal: ScriptedJournal;
  readonly store: ReminderStore;
  readonly reminders: Reminders;
  readonly diaries: EntityType<DiaryProtocol>;
  readonly #host: EntityHost;
  readonly #codec = new RecordCodec(DiaryEvents, new ReminderCodec(DiaryProtocol));
  readonly #wallMs: number;
  readonly #ownerEpoch: number;

  constructor(parts: DiaryWorldParts = {}) {
    const { journal, store, perSecond = 10_000, wallMs = 0, ownerEpoch = OWNER.ownerEpoch } = parts;
    this.journal = journal ?? new ScriptedJournal();
    this.store = store ?? new MemoryReminderStore();
    this.#wallMs = wallMs;
    this.#ownerEpoch = ownerEpoch;
    const { system, clock } = this.virtual;
    const time = (): number => wallMs + clock.wallMs();
    this.#host = new EntityHost({
      system,
      journal: this.journal,
      owners: new OneOwner({ ...OWNER, ownerEpoch }),
      reminders: { store: this.store, perSecond, time },
      activeMax: 1_000,
    });
    this.reminders = this.#host.reminders;
    this.diaries = this.#host.offer(diary());
  }

  /** What the clock on the wall shows. */
  get nowMs(): number {
    return this.#wallMs + this.virtual.clock.wallMs();
  }

  get activeCount(): number {
    return this.#host.activeCount;
  }

  diary(id: string): Reference<DiaryProtocol> {
    return this.diaries.entity(id);
  }

  /** Asks a diary to remind itself, and lets that come to rest; answers what it says, or the code of the fault. */
  async plan(
    id: string,
    name: string,
    plan: { readonly afterMs: number; readonly everyMs?: number; readonly note?: string },
  ): Promise<string> {
    const { afterMs, note = "rings", ...rest } = plan;
    const asked = this.virtual.ask(this.diary(id), {
      kind: "plan",
      name,
      note,
      atMs: this.nowMs + afterMs,
      ...rest,
    });
    return this.#answerOf(asked);
  }

  async cancel(id: string, name: string): Promise<string> {
    return this.#answerOf(this.virtual.ask(this.diary(id), { kind: "cancel", name }));
  }

  /** What has rung so far, by what is stored: without a word to the diary. */
  async rung(id: string): Promise<string[]> {
    const records = await this.records(id);
    return records.flatMap(({ events }) =>
      events.flatMap((event) =>
        event.kind === "rung" ? [`${String(event["name"])} x${String(event["times"])}`] : [],
      ),
    );
  }

  /** Every record that was ever stored of a diary. */
  async records(id: string): Promise<StoredRecord[]> {
    return (this.journal.history.get(id) ?? []).map((bytes) => {
      const decoded = this.#codec.decode(bytes);
      if (!decoded.ok) throw new Error(decoded.text);
      return decoded.record;
    });
  }

  /** The process is gone from one moment to the next, and another one begins `laterMs` later on what is stored. */
  killed(laterMs = 0): DiaryWorld {
    this.journal.letGo();
    this.reminders.stop();
    const { journal, store } = this;
    const ownerEpoch = this.#ownerEpoch + 1;
    return new DiaryWorld({ journal, store, wallMs: this.nowMs + laterMs, ownerEpoch });
  }

  async #answerOf(asked: Promise<{ readonly kind: string }>): Promise<string> {
    let heard = "unanswered";
    asked.then(
      ({ kind }) => (heard = kind),
      (error: unknown) => (heard = (error as { readonly code?: string }).code ?? String(error)),
    );
    await this.virtual.settle();
    return heard;
  }
}

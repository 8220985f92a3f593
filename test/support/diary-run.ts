import assert from "node:assert/strict";
import { DiaryWorld } from "./diary-world.ts";
import type { AppendFate } from "./scripted-journal.ts";
import { ShakyReminderStore } from "./shaky-reminder-store.ts";
import type { StoreFate } from "./shaky-reminder-store.ts";

/** One thing that happens to a few diaries, to their journal or to their process. */
export type DiaryStep =
  | {
      readonly kind: "plan";
      readonly id: string;
      readonly name: string;
      readonly afterMs: number;
      readonly everyMs: number | undefined;
    }
  | { readonly kind: "cancel"; readonly id: string; readonly name: string }
  | { readonly kind: "fate"; readonly fate: AppendFate }
  | { readonly kind: "trouble"; readonly fate: StoreFate }
  | { readonly kind: "hold" }
  | { readonly kind: "letGo" }
  | { readonly kind: "pass"; readonly ms: number }
  | { readonly kind: "kill"; readonly laterMs: number };

/** A reminder that was asked for. */
interface Planned {
  readonly name: string;
  readonly note: string;
  readonly dueMs: number;
  readonly everyMs: number | undefined;
  isAcknowledged: boolean;
  /** Something was said about its name since: it may have been replaced, or forgotten. */
  isInDoubt: boolean;
  /** How many records there were when it was acknowledged that it is forgotten. */
  forgottenAt: number | undefined;
}

/** Diaries to which anything may happen, and what must hold of their reminders whatever does. */
export class DiaryRun {
  #world: DiaryWorld;
  /** Apart from the journal; undefined where it is a part of it. */
  readonly #shaky: ShakyReminderStore | undefined;
  #steps = 0;
  readonly #planned = new Map<string, Planned[]>();
  /** Reminders that rang so far. */
  rung = 0;

  /** @param isApart whether the store of reminders is another one than that of the journal */
  constructor(isApart: boolean) {
    this.#shaky = isApart ? new ShakyReminderStore() : undefined;
    this.#world = new DiaryWorld(this.#shaky === undefined ? {} : { store: this.#shaky });
  }

  async step(step: DiaryStep): Promise<void> {
    this.#steps++;
    const { journal, virtual } = this.#world;
    switch (step.kind) {
      case "plan":
        return this.#plan(step);
      case "cancel":
        return this.#cancel(step.id, step.name);
      case "fate":
        return void journal.fates.push(step.fate);
      case "trouble":
        return void this.#shaky?.fates.push(step.fate);
      case "hold":
        journal.isHolding = true;
        return;
      case "letGo":
        return journal.letGo();
      case "pass":
        return virtual.advance(step.ms);
      case "kill":
        this.#world = this.#world.killed(step.laterMs);
    }
  }

  /** Lets everything come to its end, and looks at what has rung. */
  async end(): Promise<void> {
    const { journal, virtual } = this.#world;
    journal.fates.splice(0);
    this.#shaky?.fates.splice(0);
    journal.letGo();
    await virtual.advance(200_000);
    for (const [id, planned] of this.#planned) {
      const records = await this.#world.records(id);
      for (const one of planned) {
        const rings = records.map(({ events }) => rungOf(events, one.note));
        this.#check(one, rings);
      }
    }
  }

  #check(planned: Planned, rings: readonly number[]): void {
    const { note, dueMs, everyMs, isAcknowledged, isInDoubt, forgottenAt } = planned;
    const times = rings.reduce((sum, ring) => sum + ring, 0);
    this.rung += times;
    if (everyMs === undefined) assert.ok(times <= 1, `${note} has rung ${times} times`);
    const late = rings.slice(forgottenAt ?? rings.length);
    assert.ok(
      late.every((ring) => ring === 0),
      `${note} has rung after it was acknowledged that it is forgotten`,
    );
    if (!isAcknowledged || isInDoubt) return;
    const expected = everyMs === undefined ? 1 : Math.floor((this.#world.nowMs - dueMs) / everyMs) + 1;
    assert.equal(times, expected, `${note} has rung so often`);
  }

  #plan({ id, name, afterMs, everyMs }: Extract<DiaryStep, { kind: "plan" }>): void {
    const note = `n${this.#steps}`;
    const dueMs = this.#world.nowMs + afterMs;
    this.#doubt(id, name);
    const planned: Planned = {
      name,
      note,
      dueMs,
      everyMs,
      isAcknowledged: false,
      isInDoubt: false,
      forgottenAt: undefined,
    };
    this.#planned.set(id, [...(this.#planned.get(id) ?? []), planned]);
    const repeated = everyMs === undefined ? {} : { everyMs };
    const message = { kind: "plan", name, note, atMs: dueMs, ...repeated } as const;
    this.#world.virtual.ask(this.#world.diary(id), message).then(
      () => (planned.isAcknowledged = true),
      () => {},
    );
  }

  #cancel(id: string, name: string): void {
    this.#doubt(id, name);
    const meant = (this.#planned.get(id) ?? []).filter((planned) => planned.name === name);
    const { journal, virtual } = this.#world;
    virtual.ask(this.#world.diary(id), { kind: "cancel", name }).then(
      () => {
        const records = journal.history.get(id)?.length ?? 0;
        for (const planned of meant) planned.forgottenAt ??= records;
      },
      () => {},
    );
  }

  #doubt(id: string, name: string): void {
    for (const planned of this.#planned.get(id) ?? []) if (planned.name === name) planned.isInDoubt = true;
  }
}

function rungOf(
  events: readonly { readonly kind: string; readonly [field: string]: unknown }[],
  note: string,
): number {
  return events.reduce((sum, event) => sum + (event["note"] === note ? Number(event["times"]) : 0), 0);
}

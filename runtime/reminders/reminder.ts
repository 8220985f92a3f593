import type { TaggedMessage } from "../../protocols/protocol.ts";

/** A durable timer of an entity: what it tells itself, and when. */
export interface Reminder {
  readonly name: string;
  /** By the time of `DueTime`, in whole milliseconds. */
  readonly dueMs: number;
  /** Set for one that comes again and again. */
  readonly everyMs?: number;
  readonly message: TaggedMessage;
}

/** What a decision does to the reminders of its entity; a part of its record. `fired`: it was handled, and is due again at `nextMs`, if at all. */
export type ReminderChange =
  | ({ readonly kind: "set" } & Reminder)
  | { readonly kind: "forgotten"; readonly name: string }
  | { readonly kind: "fired"; readonly name: string; readonly nextMs?: number };

/** Which reminder an entity handles, in place of all the times that it was due. */
export interface Firing {
  readonly name: string;
  /** When it was due for the first time since it was handled last. */
  readonly dueMs: number;
  /** How often it was due since then: 1, unless it comes again and again and nobody was there. */
  readonly times: number;
  /** When it will be due again. */
  readonly nextMs?: number;
}

/** When to remind: at a time, or after one. */
export type ReminderTime =
  | { readonly atMs: number; readonly everyMs?: number }
  | { readonly afterMs: number; readonly everyMs?: number };

/** The latest time that a reminder may have: about the year 2286, which also fits every store exactly. */
const DUE_MAX_MS = 10_000_000_000_000;

/** The firing of a reminder that is due: one, however many periods have passed (see dapr#4500 for what comes of one each). Pure. */
export function firingOf({ name, dueMs, everyMs }: Reminder, nowMs: number): Firing {
  if (everyMs === undefined) return { name, dueMs, times: 1 };
  const times = Math.floor((nowMs - dueMs) / everyMs) + 1;
  return { name, dueMs, times, nextMs: dueMs + times * everyMs };
}

/** What a firing does to its reminder. Pure. */
export function firedBy({ name, nextMs }: Firing): ReminderChange {
  return nextMs === undefined ? { kind: "fired", name } : { kind: "fired", name, nextMs };
}

/** A reminder as it is stored. @throws RangeError when the times are none */
export function reminderOf(
  name: string,
  when: ReminderTime,
  message: TaggedMessage,
  nowMs: number,
): Reminder {
  const { everyMs } = when;
  const dueMs = Math.ceil("atMs" in when ? when.atMs : nowMs + Math.max(0, when.afterMs));
  if (!(dueMs >= 0 && dueMs <= DUE_MAX_MS)) throw new RangeError(`reminder ${name}: ${dueMs} is no time`);
  if (everyMs === undefined) return { name, dueMs, message };
  if (!(everyMs >= 1 && everyMs <= DUE_MAX_MS)) {
    throw new RangeError(`reminder ${name}: everyMs must be at least 1, not ${everyMs}`);
  }
  return { name, dueMs, everyMs: Math.ceil(everyMs), message };
}

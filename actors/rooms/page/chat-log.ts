import type { Gap, Member, Outcome, Publication } from "../../../runtime/client/client.ts";
import { keyOf, textOf } from "./message-text.ts";

// Pure: what a chat room's window shows, from what it heard and what it sent.

/** Something in the room's order, or a mark between. */
export type ChatEntry =
  | ChatMessage
  | {
      readonly kind: "note";
      readonly id: string;
      readonly came: readonly string[];
      readonly left: readonly string[];
    }
  | { readonly kind: "gap"; readonly id: string; readonly gap: Gap };

/** A message that has its place in the order of the room. */
export interface ChatMessage {
  readonly kind: "message";
  readonly id: string;
  /** What its sender calls it, if anything: the same when it is sent again. */
  readonly key: string | undefined;
  readonly offset: number;
  readonly from: string;
  readonly text: string;
  readonly atMs: number;
  /** Whether this window sent it. */
  readonly mine: boolean;
}

/** An own message that the room has not told yet. */
export interface OwnMessage {
  readonly key: string;
  readonly text: string;
  readonly atMs: number;
  readonly delivery:
    | { readonly kind: "sending" }
    | { readonly kind: "sent"; readonly offset: number }
    | { readonly kind: "failed"; readonly code: string; readonly outcome: Outcome };
}

/** What the window of a chat room shows. */
export interface ChatLog {
  readonly entries: readonly ChatEntry[];
  /** Own messages that have no place in the room's order yet. */
  readonly own: readonly OwnMessage[];
  /** Numbers the marks. */
  readonly marks: number;
}

/** How much the window keeps; older entries make room. */
export const ENTRIES_MAX = 500;
/** How many own messages may wait or stand as failed. */
export const OWN_MAX = 50;

/** How many names one note holds. */
const NOTE_NAMES_MAX = 12;

/** A window in which nothing was said yet. */
export const EMPTY_CHAT: ChatLog = { entries: [], own: [], marks: 0 };

/**
 * The log after the room told a message. One that was sent again, because its first answer got lost, shows once.
 * @param made whether this window made a key
 */
export function withPublication(
  log: ChatLog,
  publication: Publication,
  made: (key: string) => boolean,
): ChatLog {
  const { offset, from, data, atMs } = publication;
  const key = keyOf(data);
  const sameKey = log.entries.filter(
    (entry) => key !== undefined && entry.kind === "message" && entry.key === key,
  );
  const id = key === undefined ? `${offset}@${atMs}` : `${from}/${key}`;
  if (sameKey.some((entry) => entry.id === id)) return log;
  // A key is no secret any more once it was told: whoever uses it then does not become this window by that.
  const mine = key !== undefined && made(key) && sameKey.length === 0;
  const message: ChatMessage = { kind: "message", id, key, offset, from, text: textOf(data), atMs, mine };
  return { ...appended(log, message), own: mine ? log.own.filter((each) => each.key !== key) : log.own };
}

/** The log after this window sent a message, or sent it again. */
export function withSending(log: ChatLog, message: Pick<OwnMessage, "key" | "text" | "atMs">): ChatLog {
  const others = log.own.filter(({ key }) => key !== message.key);
  return { ...log, own: [...others, { ...message, delivery: { kind: "sending" as const } }].slice(-OWN_MAX) };
}

/** The log after the answer to an own message. */
export function withDelivery(log: ChatLog, key: string, delivery: OwnMessage["delivery"]): ChatLog {
  return { ...log, own: log.own.map((each) => (each.key === key ? { ...each, delivery } : each)) };
}

/** The log after some came or left: neighbouring notes become one, and who only came back is not worth one. */
export function withNote(log: ChatLog, change: "came" | "left", members: readonly Member[]): ChatLog {
  const last = log.entries.at(-1);
  const note =
    last?.kind === "note" ? last : { kind: "note" as const, id: `note${log.marks}`, came: [], left: [] };
  const entries = last?.kind === "note" ? log.entries.slice(0, -1) : log.entries;
  let names = { came: note.came, left: note.left };
  for (const { name } of members) names = changed(names, change, name);
  if (names.came.length + names.left.length === 0) return { ...log, entries };
  return appended({ ...log, entries }, { ...note, ...names });
}

type NoteNames = Readonly<Record<"came" | "left", readonly string[]>>;

function changed(names: NoteNames, change: "came" | "left", name: string): NoteNames {
  const opposite = change === "came" ? "left" : "came";
  const undone = names[opposite].indexOf(name);
  if (undone >= 0) return { ...names, [opposite]: names[opposite].toSpliced(undone, 1) };
  return { ...names, [change]: [...names[change], name].slice(-NOTE_NAMES_MAX) };
}

/** The log after the room could not tell everything. */
export function withGap(log: ChatLog, gap: Gap): ChatLog {
  return appended(log, { kind: "gap", id: `gap${log.marks}`, gap });
}

function appended(log: ChatLog, entry: ChatEntry): ChatLog {
  return { ...log, entries: [...log.entries, entry].slice(-ENTRIES_MAX), marks: log.marks + 1 };
}

import type { Gap, Publication } from "../../../runtime/client/client.ts";
import { textOf } from "./message-text.ts";

// Pure: the feed of a live room's window, the newest first.

/** Something that was said. */
export interface LiveLine {
  readonly kind: "line";
  readonly id: string;
  readonly offset: number;
  readonly from: string;
  readonly text: string;
  readonly atMs: number;
}

/** One entry of the feed: what was said, or what is missing. */
export type LiveEntry = LiveLine | LiveGap;

interface LiveGap {
  readonly kind: "gap";
  readonly id: string;
  readonly gap: Gap;
}

/** How many lines the window keeps of what it hears; older ones make room. */
export const LINES_MAX = 300;

/** The feed after the room told a line; the newest comes first. */
export function withLine(
  feed: readonly LiveEntry[],
  publication: Publication,
  linesMax = LINES_MAX,
): readonly LiveEntry[] {
  return [lineOf(publication), ...feed].slice(0, linesMax);
}

/** The feed after the room could not tell everything. */
export function withFeedGap(
  feed: readonly LiveEntry[],
  gap: Gap,
  linesMax = LINES_MAX,
): readonly LiveEntry[] {
  const mark = { kind: "gap", id: `gap after ${feed[0]?.id ?? "nothing"}`, gap } as const;
  return [mark, ...feed].slice(0, linesMax);
}

/** The feed with a page of the room's history in its place: below what is shown, or where something was missing. */
export function withPage(feed: readonly LiveEntry[], page: readonly Publication[]): readonly LiveEntry[] {
  const { present, before } = parts(feed);
  const lines = new Map(present.flatMap((entry) => (entry.kind === "line" ? [[entry.offset, entry]] : [])));
  for (const publication of page) lines.set(publication.offset, lineOf(publication));
  const newestFirst = [...lines.values()].toSorted((one, other) => other.offset - one.offset);
  // What is missing above all lines is known by its mark alone; what is missing between two, by their offsets.
  const [first] = present;
  const isMissing = first?.kind === "gap" && first.gap.reason === "missing";
  let above = isMissing ? first.gap.after + first.gap.missing + 1 : undefined;
  const entries: LiveEntry[] = [];
  for (const line of newestFirst) {
    if (above !== undefined && line.offset < above - 1) entries.push(missing(line, above));
    entries.push(line);
    above = line.offset;
  }
  return [...entries, ...before];
}

/** The offset before which there may be more in the room's history; undefined when the first line of all is shown. */
export function earlierThan(feed: readonly LiveEntry[]): number | undefined {
  const oldest = parts(feed).present.findLast(({ kind }) => kind === "line");
  return oldest?.kind === "line" && oldest.offset > 1 ? oldest.offset : undefined;
}

/** What belongs to the room as it is, and what was before it began anew: offsets of the two do not compare. */
function parts(feed: readonly LiveEntry[]) {
  const mark = feed.findIndex((entry) => entry.kind === "gap" && entry.gap.reason === "restarted");
  const end = mark < 0 ? feed.length : mark;
  return { present: feed.slice(0, end), before: feed.slice(end) };
}

function lineOf({ offset, from, data, atMs }: Publication): LiveLine {
  return { kind: "line", id: `${offset}@${atMs}`, offset, from, text: textOf(data), atMs };
}

function missing({ id, offset }: LiveLine, above: number): LiveGap {
  const gap: Gap = { reason: "missing", after: offset, missing: above - 1 - offset };
  return { kind: "gap", id: `gap after ${id}`, gap };
}

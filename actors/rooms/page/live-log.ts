import type { Facts, Gap, Publication } from "../../../runtime/client/client.ts";
import { textOf } from "./message-text.ts";

// Pure: what a live room's window shows.

/** One entry of the feed: what was said, or what is missing. */
export type LiveEntry =
  | {
      readonly kind: "line";
      readonly id: string;
      readonly from: string;
      readonly text: string;
      readonly atMs: number;
    }
  | { readonly kind: "gap"; readonly id: string; readonly gap: Gap };

/** How many lines the window keeps; older ones make room. */
export const LINES_MAX = 300;

/** The feed after the room told a line; the newest comes first. */
export function withLine(
  feed: readonly LiveEntry[],
  { offset, from, data, atMs }: Publication,
): readonly LiveEntry[] {
  const line: LiveEntry = { kind: "line", id: `${offset}@${atMs}`, from, text: textOf(data), atMs };
  return [line, ...feed].slice(0, LINES_MAX);
}

/** The feed after the room could not tell everything. */
export function withFeedGap(feed: readonly LiveEntry[], gap: Gap): readonly LiveEntry[] {
  return [{ kind: "gap" as const, id: `gap after ${feed[0]?.id ?? "nothing"}`, gap }, ...feed].slice(
    0,
    LINES_MAX,
  );
}

/** What the board shows: a score when there is one, and every other fact by its name. */
export interface Board {
  readonly home: string;
  readonly away: string;
  readonly score: string | undefined;
  /** The minute of play, or whatever tells how far it is. */
  readonly clock: string | undefined;
  readonly others: readonly { readonly name: string; readonly value: string }[];
}

const BOARD_FACTS = new Set(["home", "away", "homeTeam", "awayTeam", "score", "minute", "clock"]);

/** Reads the board from the facts of a live room: `home` and `away` are the score when they are numbers, else the names. */
export function boardOf(facts: Facts): Board {
  const { home, away } = facts;
  const scored = typeof home === "number" && typeof away === "number";
  const read = (name: string) => (name in facts ? factText(facts[name]) : undefined);
  const minute = read("minute");
  return {
    home: read("homeTeam") ?? (scored ? "" : read("home")) ?? "",
    away: read("awayTeam") ?? (scored ? "" : read("away")) ?? "",
    score: read("score") ?? (scored ? `${home} : ${away}` : undefined),
    clock: read("clock") ?? (minute === undefined ? undefined : `${minute}′`),
    others: Object.keys(facts)
      .filter((name) => !BOARD_FACTS.has(name))
      .map((name) => ({ name, value: factText(facts[name]) })),
  };
}

function factText(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(factText).join(" : ");
  return JSON.stringify(value) ?? "";
}

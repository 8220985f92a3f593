import type { Facts } from "../../../runtime/client/client.ts";

// Pure: what a live room's window shows above its feed.

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

import type { TopFields } from "../../protocols/ops-looks.ts";
import { readableName } from "../../runtime/actor/actor-name.ts";
import type { BodyOf } from "../../runtime/net/route.ts";
import { drawTable } from "./columns.ts";
import type { Paint, Row } from "./columns.ts";
import { duration } from "./units.ts";

/** What `/v1/top` answers. */
export type Top = BodyOf<typeof TopFields>;
type TopActor = Top["top"][number];

const HEADINGS = ["actor", "type", "state", "mailbox", "oldest", "busy", "turn", "restarts", "handled"];
const NUMBERS = ["mailbox", "oldest", "busy", "restarts", "handled"];
/** How old mail is when an operator should look at it, in milliseconds. */
const OLD_MS = 1_000;
const SORT_WORDS: Readonly<Record<Top["sort"], string>> = {
  mailboxAge: "age of the oldest message",
  mailbox: "waiting messages",
  busy: "busy time",
  restarts: "restarts",
};
const NOBODY: Readonly<Record<Top["sort"], string>> = {
  mailboxAge: "No mail waits anywhere.",
  mailbox: "No mail waits anywhere.",
  busy: "No turn is open.",
  restarts: "No actor was ever restarted.",
};

/** Draws the actors that stand out, below a line about the whole node. Pure. */
export function drawTop(top: Top, paint: Paint): string {
  const head = headOf(top, paint);
  if (top.top.length === 0) return `${head}\n\n${NOBODY[top.sort]}`;
  const rows = top.top.map(rowOf);
  return `${head}\n\n${drawTable({ headings: HEADINGS, numbers: NUMBERS, rows }, paint)}`;
}

function headOf(top: Top, paint: Paint): string {
  const { node, status, uptimeMs, actors, stalls, quarantined, zombies, sort } = top;
  const counts = `${actors} actors, ${stalls} stalls, ${quarantined} quarantined, ${zombies} zombies`;
  const state = status === "ready" ? status : paint("alarm", status);
  return `${node}: ${state}, up ${duration(uptimeMs)}; ${counts}; by ${SORT_WORDS[sort]}`;
}

function rowOf(actor: TopActor): Row {
  const { path, type, state, mailbox, pulse, restarts, handled } = actor;
  const { openTurn } = pulse;
  return {
    cells: [
      readableName(path),
      type,
      state,
      String(mailbox.depth),
      mailbox.depth === 0 ? "-" : duration(mailbox.oldestAgeMs),
      openTurn === undefined ? "-" : duration(openTurn.busyMs),
      openTurn?.kind ?? "-",
      String(restarts),
      String(handled),
    ],
    style: styleOf(actor),
  };
}

function styleOf({ state, mailbox, restarts }: TopActor): NonNullable<Row["style"]> {
  if (state !== "running") return "alarm";
  return restarts > 0 || mailbox.oldestAgeMs >= OLD_MS ? "warn" : "plain";
}

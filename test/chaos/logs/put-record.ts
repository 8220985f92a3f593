import type { Log } from "../../../runtime/sls/log-group.ts";
import type { SeededChance } from "../../support/seeded-chance.ts";

const HOUR_MS = 3_600_000;
/** One record in so many is of a time that is not counted. */
const ODD_ONE_IN = 40;
/** Records happened up to so long before they are put, in milliseconds: more than one block. */
const OLD_MAX_MS = 400_000;
const STATUSES = ["200", "204", "301", "404", "500", "503"];
const METHODS = ["GET", "POST", "PUT"];
/** Fewer than are told apart in a block, so that each is counted exactly. */
const URIS = 120;
const ROUTES = 7;

/** One record as it was put, with what has to become of it. */
export interface PutRecord {
  readonly timeMs: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly fate: "counted" | "quarantined" | "tooLate" | "unparsable";
}

/** A record of a gateway, at about `nowMs` by the clock of the log; a few are far in the future, or days old. */
export function newRecord(chance: SeededChance, nowMs: number): PutRecord {
  const milliseconds = String(chance.between(0, 2_000)).padStart(4, "0");
  const fields = {
    status: one(chance, STATUSES),
    route: `/r${chance.between(1, ROUTES)}`,
    request_method: one(chance, METHODS),
    kind: "http",
    uri: `/items/${chance.between(1, URIS)}`,
    bytes_sent: String(chance.between(0, 1_000_000)),
    request_time: `${Number(milliseconds.slice(0, 1))}.${milliseconds.slice(1)}`,
    remote_addr: `10.0.${chance.between(0, 3)}.${chance.between(1, 250)}`,
  };
  if (chance.between(1, ODD_ONE_IN) > 1) {
    return { timeMs: nowMs - chance.between(0, OLD_MAX_MS), fields, fate: "counted" };
  }
  return chance.between(0, 1) === 0
    ? { timeMs: nowMs + 3 * HOUR_MS, fields, fate: "quarantined" }
    : { timeMs: nowMs - 48 * HOUR_MS, fields, fate: "tooLate" };
}

/** A record as it stands in a log group. */
export function asLog({ timeMs, fields }: PutRecord): Log {
  const seconds = Math.floor(timeMs / 1_000);
  const nanoseconds = (timeMs - seconds * 1_000) * 1_000_000;
  return { seconds, nanoseconds, fields: Object.entries(fields) };
}

/** A record as a line of a file, with its newline. */
export function asLine({ timeMs, fields, fate }: PutRecord): string {
  return fate === "unparsable" ? "this is no JSON\n" : `${JSON.stringify({ time: timeMs, ...fields })}\n`;
}

function one(chance: SeededChance, items: readonly string[]): string {
  return items[chance.between(0, items.length - 1)] ?? "";
}

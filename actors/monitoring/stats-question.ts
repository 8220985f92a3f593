import { STATS_QUERY_FIELDS } from "../../protocols/stats.ts";
import { BLOCK_MS, parseStep } from "../../runtime/counting/cells.ts";
import type { Step } from "../../runtime/counting/cells.ts";
import { Zones } from "../../runtime/counting/local-day.ts";
import type { LocalDays } from "../../runtime/counting/local-day.ts";
import { POINTS_MAX, pointsOf } from "../../runtime/counting/points.ts";
import type { Points, TimeRange } from "../../runtime/counting/points.ts";

/** How far back a question looks that does not say, in milliseconds. */
const RANGE_MS = 3_600_000;
const TOP = { min: 1, max: 1_000, otherwise: 20 } as const;
const QUANTILES_MAX = 20;
/** One with a backslash before it belongs to a value. */
const UNESCAPED_COMMA = /(?<!\\),/;
/** Dates of later years are written in another way: nobody counts there. */
const TIME_MAX_MS = Date.UTC(9_999, 0, 1);

/** A question about counts that can be answered. */
export interface StatsQuestion {
  readonly metric: string;
  readonly step: Step;
  readonly stepText: string;
  /** Undefined unless it was given. */
  readonly tz: string | undefined;
  readonly days: LocalDays;
  readonly points: Points;
  /** The value that a dimension has to have. */
  readonly where: ReadonlyMap<string, string>;
  readonly by: readonly string[];
  readonly top: number;
  readonly quantiles: readonly number[];
  readonly fill: 0 | null;
}

/** What is wrong with a question, and with which part of it. */
export interface StatsProblem {
  readonly field: string;
  readonly text: string;
}

/** Reads a question; what is found out about its time zone is kept in `zones`. */
export function parseStats(
  query: URLSearchParams,
  nowMs: number,
  zones = new Zones(),
): StatsQuestion | StatsProblem {
  try {
    return new StatsReader(query, nowMs, zones).read();
  } catch (error) {
    if (error instanceof Refused) return { field: error.field, text: error.message };
    throw error;
  }
}

class Refused extends Error {
  readonly field: string;

  constructor(field: string, text: string) {
    super(`${field} ${text}`);
    this.field = field;
  }
}

class StatsReader {
  readonly #query: URLSearchParams;
  readonly #nowMs: number;
  readonly #zones: Zones;

  constructor(query: URLSearchParams, nowMs: number, zones: Zones) {
    this.#query = query;
    this.#nowMs = nowMs;
    this.#zones = zones;
  }

  read(): StatsQuestion {
    this.#refuseUnknown();
    const metric = this.#text("metric");
    if (metric === undefined) throw new Refused("metric", "is missing");
    const stepText = this.#text("step") ?? String(BLOCK_MS / 1_000);
    const parsed = parseStep(stepText);
    if ("problem" in parsed) throw new Refused("step", parsed.problem);
    const tz = this.#text("tz");
    if (parsed.step === "day" && tz === undefined) {
      throw new Refused("tz", "is missing: a day is that of a time zone, such as Asia/Shanghai");
    }
    const days = this.#daysOf(tz ?? "UTC");
    return {
      metric,
      ...parsed,
      stepText,
      tz,
      days,
      points: this.#points(parsed.step, days),
      where: this.#where(),
      by: this.#list("by"),
      top: this.#whole("top"),
      quantiles: this.#quantiles(parsed.step),
      fill: this.#fill(),
    };
  }

  #refuseUnknown(): void {
    const known = Object.keys(STATS_QUERY_FIELDS);
    for (const name of this.#query.keys()) {
      if (!known.includes(name)) throw new Refused(name, `is not known here; known: ${known.join(", ")}`);
      if (this.#query.getAll(name).length > 1) throw new Refused(name, "is given more than once");
    }
  }

  #text(name: string): string | undefined {
    return this.#query.get(name) ?? undefined;
  }

  #list(name: string): string[] {
    const parts = (this.#text(name) ?? "").split(UNESCAPED_COMMA).filter((part) => part !== "");
    return parts.map((part) => part.replaceAll("\\,", ","));
  }

  #whole(name: string): number {
    const text = this.#text(name);
    if (text === undefined) return TOP.otherwise;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= TOP.min && value <= TOP.max) return value;
    throw new Refused(name, `is ${quoted(text)}; a whole number from ${TOP.min} to ${TOP.max} is expected`);
  }

  #points(step: Step, days: LocalDays): Points {
    const toMs = this.#time("to") ?? this.#nowMs;
    const range: TimeRange = { fromMs: this.#time("from") ?? toMs - RANGE_MS, toMs };
    if (range.fromMs >= range.toMs) throw new Refused("from", "is not before to");
    const points = pointsOf(range, step, days);
    if (points === undefined) {
      throw new Refused("from", `is so early that there would be more than ${POINTS_MAX} points`);
    }
    return points;
  }

  #time(name: string): number | undefined {
    const text = this.#text(name);
    if (text === undefined) return undefined;
    const timeMs = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text);
    if (timeMs >= 0 && timeMs <= TIME_MAX_MS) return timeMs;
    throw new Refused(
      name,
      `is ${quoted(text)}; milliseconds since 1970, or a time such as 2026-11-22T08:00:00Z, before the year 9999`,
    );
  }

  #where(): ReadonlyMap<string, string> {
    return new Map(
      this.#list("where").map((part) => {
        const colon = part.indexOf(":");
        if (colon < 1) {
          throw new Refused(
            "where",
            `has ${quoted(part)}; dimension:value is expected, several divided by commas, and \\, for a comma in a value`,
          );
        }
        return [part.slice(0, colon), part.slice(colon + 1)];
      }),
    );
  }

  #quantiles(step: Step): readonly number[] {
    const shares = this.#list("q").map(Number);
    if (shares.some((share) => !(share >= 0 && share <= 1)) || shares.length > QUANTILES_MAX) {
      throw new Refused("q", `takes at most ${QUANTILES_MAX} numbers from 0 to 1, divided by commas`);
    }
    if (shares.length > 0 && step !== "day" && step < BLOCK_MS) {
      throw new Refused("q", "needs a step of 180 or more: quantiles are kept by blocks of 180 s");
    }
    return shares;
  }

  #daysOf(zone: string): LocalDays {
    try {
      return this.#zones.daysOf(zone);
    } catch {
      throw new Refused("tz", `is ${quoted(zone)}, which is no time zone`);
    }
  }

  #fill(): 0 | null {
    const text = this.#text("fill") ?? "null";
    if (text !== "null" && text !== "zero") {
      throw new Refused("fill", `is ${quoted(text)}; null or zero is expected`);
    }
    return text === "zero" ? 0 : null;
  }
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}

import type { LineFormat, ScanLine } from "./line-format.ts";
import { derivedField } from "./derived-field.ts";
import type { Derive } from "./derived-field.ts";
import { epochTime, isoTime, localTime, rememberingTime } from "./log-time.ts";
import type { ReadTime } from "./log-time.ts";

/** The format that nginx calls `combined`, and writes unless told otherwise. */
export const COMBINED =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';

const VARIABLE = /\$(?:\{([a-z0-9_]+)\}|([a-z0-9_]+))/gi;
/** Holds a space, and always has this length: what ends it is looked for behind that. */
const LENGTHS: Readonly<Record<string, number>> = { time_local: 26 };
/** What nginx writes for a value that there is not. */
const NOTHING = 45;

/** The variables that say when it was, the exactest first. */
const TIMES: Readonly<Record<string, () => ReadTime>> = {
  msec: () => epochTime,
  time_iso8601: () => rememberingTime(isoTime),
  time_local: () => rememberingTime(localTime),
};

/** A `log_format` of nginx that cannot be read, and why. */
export class UnfitFormat extends Error {
  override readonly name = "UnfitFormat";
}

/** One variable of a format, and the text behind it. */
interface Part {
  readonly variable: string;
  readonly until: Uint8Array;
}

/** A log that nginx writes by a `log_format`, read by the same words. */
export class NginxFormat implements LineFormat {
  readonly #before: Uint8Array;
  readonly #parts: readonly Part[];
  readonly #time: string;

  /** @throws UnfitFormat */
  constructor(format: string) {
    const { before, parts } = parse(format);
    this.#before = before;
    this.#parts = parts;
    const time = Object.keys(TIMES).find((name) => parts.some(({ variable }) => variable === name));
    if (time === undefined) {
      throw new UnfitFormat(`says not when it was: it needs one of $${Object.keys(TIMES).join(", $")}`);
    }
    this.#time = time;
  }

  compile(fields: readonly string[]): ScanLine {
    const variables = this.#parts.map(({ variable }) => variable);
    const plan: Plan = {
      before: this.#before,
      untils: this.#parts.map(({ until }) => until),
      lengths: variables.map((variable) => LENGTHS[variable] ?? 0),
      starts: new Int32Array(variables.length),
      ends: new Int32Array(variables.length),
    };
    const timePart = variables.indexOf(this.#time);
    const readTime = (TIMES[this.#time] as () => ReadTime)();
    const wanted = fields.map((name) => wantedOf(name, variables));
    return (row, start, end) => {
      if (!split(plan, row.bytes, start, end)) return false;
      row.clear();
      const { bytes } = row;
      row.timeMs = readTime(bytes, plan.starts[timePart] as number, plan.ends[timePart] as number);
      for (let field = 0; field < wanted.length; field++) {
        const { part, derive } = wanted[field] as Wanted;
        if (part < 0) continue;
        const [from, to] = [plan.starts[part] as number, plan.ends[part] as number];
        if (to - from === 1 && bytes[from] === NOTHING) continue;
        if (derive === undefined) row.set(field, from, to);
        else derive(row, field, from, to);
      }
      return true;
    };
  }
}

interface Wanted {
  /** -1 for what no line of this format has. */
  readonly part: number;
  readonly derive: Derive | undefined;
}

function wantedOf(name: string, variables: readonly string[]): Wanted {
  const part = variables.indexOf(name);
  if (part >= 0) return { part, derive: undefined };
  const derived = derivedField(name, variables);
  return derived === undefined
    ? { part: -1, derive: undefined }
    : { part: variables.indexOf(derived.from), derive: derived.derive };
}

/** How a line is taken apart; where its parts lie is overwritten with each line. */
interface Plan {
  readonly before: Uint8Array;
  readonly untils: readonly Uint8Array[];
  /** How long each part is at least. */
  readonly lengths: readonly number[];
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

function split(plan: Plan, bytes: Uint8Array, start: number, end: number): boolean {
  const { before, untils, lengths, starts, ends } = plan;
  if (!isAt(bytes, start, end, before)) return false;
  let at = start + before.length;
  for (let part = 0; part < untils.length; part++) {
    const until = untils[part] as Uint8Array;
    starts[part] = at;
    // The last one, without anything behind it, has the rest.
    const found = until.length === 0 ? end : find(bytes, at + (lengths[part] as number), end, until);
    if (found < 0) return false;
    ends[part] = found;
    at = found + until.length;
  }
  return at === end;
}

function find(bytes: Uint8Array, start: number, end: number, text: Uint8Array): number {
  const first = text[0];
  for (let at = start; at < end; at++) {
    if (bytes[at] === first && isAt(bytes, at, end, text)) return at;
  }
  return -1;
}

function isAt(bytes: Uint8Array, at: number, end: number, text: Uint8Array): boolean {
  if (at + text.length > end) return false;
  for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text[index]) return false;
  return true;
}

function parse(format: string): { readonly before: Uint8Array; readonly parts: readonly Part[] } {
  const found = [...format.matchAll(VARIABLE)];
  if (found.length === 0) throw new UnfitFormat("names no variable such as $status");
  const parts = found.map((match, index) => {
    const variable = match[1] ?? match[2] ?? "";
    const next = found[index + 1];
    const until = format.slice(match.index + match[0].length, next?.index);
    if (until === "" && next !== undefined) {
      throw new UnfitFormat(`has nothing between $${variable} and ${next[0]}: nobody can say where one ends`);
    }
    return { variable, until: Buffer.from(until) };
  });
  return { before: Buffer.from(format.slice(0, found[0]?.index)), parts };
}

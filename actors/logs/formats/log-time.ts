import { decimalNumber, wholeNumber } from "./number-scan.ts";

/** Reads the time between two places of a buffer, in milliseconds since 1970; NaN when it cannot be read. */
export type ReadTime = (bytes: Uint8Array, start: number, end: number) => number;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTH_OF = new Map(MONTHS.map((name, month) => [codeOf(name), month]));
const PLUS = 43;
const MINUS = 45;
const DOT = 46;
const COLON = 58;
const UPPER_Z = 90;
const MINUTE_MS = 60_000;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const FEBRUARY = 1;
/** Some clocks show it before midnight UTC: the second after it counts. */
const LEAP_SECOND = 60;
/** No place is further from UTC. */
const OFFSET_HOURS_MAX = 15;
/** Seconds since 1970 are below it, milliseconds above: the year 5138 in seconds, 1973 in milliseconds. */
const SECONDS_BELOW = 1e11;
/** Milliseconds are below it, microseconds above. */
const MILLISECONDS_BELOW = 1e14;

function codeOf(name: string): number {
  return (name.charCodeAt(0) << 16) | (name.charCodeAt(1) << 8) | name.charCodeAt(2);
}

/** A time since 1970 in seconds (also with a fraction), milliseconds or microseconds, told apart by their size. */
export function epochTime(bytes: Uint8Array, start: number, end: number): number {
  return epochMs(decimalNumber(bytes, start, end));
}

function epochMs(value: number): number {
  if (value < SECONDS_BELOW) return Math.round(value * 1_000);
  return value < MILLISECONDS_BELOW ? value : value / 1_000;
}

/** The time as nginx writes `$time_local`: `22/Nov/2026:15:04:05 +0800`. */
export function localTime(bytes: Uint8Array, start: number, end: number): number {
  if (end - start !== 26) return Number.NaN;
  const at = (offset: number, length: number): number =>
    wholeNumber(bytes, start + offset, start + offset + length);
  const name =
    ((bytes[start + 3] as number) << 16) | ((bytes[start + 4] as number) << 8) | (bytes[start + 5] as number);
  const month = MONTH_OF.get(name) ?? -1;
  const [day, year, hour, minute, second] = [at(0, 2), at(7, 4), at(12, 2), at(15, 2), at(18, 2)];
  if (Math.min(month, day, year, hour, minute, second) < 0) return Number.NaN;
  return utcMs({ year, month, day, hour, minute, second }) - zoneMs(bytes, start + 21, end);
}

/** The time in ISO 8601 as nginx writes `$time_iso8601`, also with a fraction: `2026-11-22T15:04:05.250Z`. */
export function isoTime(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 20) return Number.NaN;
  const at = (offset: number, length: number): number =>
    wholeNumber(bytes, start + offset, start + offset + length);
  const [year, month, day] = [at(0, 4), at(5, 2), at(8, 2)];
  const [hour, minute, second] = [at(11, 2), at(14, 2), at(17, 2)];
  if (Math.min(month, day, year, hour, minute, second) < 0) return Number.NaN;
  let zoneAt = start + 19;
  let fractionMs = 0;
  if (bytes[zoneAt] === DOT) {
    const from = ++zoneAt;
    while (zoneAt < end && wholeNumber(bytes, zoneAt, zoneAt + 1) >= 0) zoneAt++;
    fractionMs = (wholeNumber(bytes, from, zoneAt) / 10 ** (zoneAt - from)) * 1_000;
  }
  return (
    utcMs({ year, month: month - 1, day, hour, minute, second }) + fractionMs - zoneMs(bytes, zoneAt, end)
  );
}

interface TimeParts {
  readonly year: number;
  /** From 0 on. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** NaN for a time that no clock shows, such as the 31st of February: `Date.UTC` would make another one of it. */
function utcMs({ year, month, day, hour, minute, second }: TimeParts): number {
  const isTime = hour < 24 && minute < 60 && second <= LEAP_SECOND && year >= 1_970;
  if (!isTime || day < 1 || day > daysIn(year, month)) return Number.NaN;
  return Date.UTC(year, month, day, hour, minute, second);
}

/** 0 for a month that there is not. */
function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === FEBRUARY && isLeap ? 29 : (DAYS[month] ?? 0);
}

/** `+0800`, `+08:00` or `Z`. */
function zoneMs(bytes: Uint8Array, start: number, end: number): number {
  const sign = bytes[start];
  if (sign === UPPER_Z && end === start + 1) return 0;
  if (sign !== PLUS && sign !== MINUS) return Number.NaN;
  const minutesAt = bytes[start + 3] === COLON ? start + 4 : start + 3;
  const hours = wholeNumber(bytes, start + 1, start + 3);
  const minutes = wholeNumber(bytes, minutesAt, end);
  const isOffset = hours >= 0 && hours <= OFFSET_HOURS_MAX && minutes >= 0 && minutes < 60;
  if (!isOffset || end !== minutesAt + 2) return Number.NaN;
  return (sign === PLUS ? 1 : -1) * (hours * 60 + minutes) * MINUTE_MS;
}

/** Logs are written in the order of time, so most lines have the time of the one before them: it is not read again. */
export function rememberingTime(read: ReadTime): ReadTime {
  let known: Uint8Array = new Uint8Array(0);
  let knownMs = Number.NaN;
  return (bytes, start, end) => {
    if (end - start === known.length && isSame(bytes, start, known)) return knownMs;
    known = bytes.slice(start, end);
    knownMs = read(bytes, start, end);
    return knownMs;
  };
}

function isSame(bytes: Uint8Array, start: number, known: Uint8Array): boolean {
  // From the end, because that is where times differ.
  for (let at = known.length - 1; at >= 0; at--) if (bytes[start + at] !== known[at]) return false;
  return true;
}

import { KEY_FAMILIES } from "./redis-keys.ts";
import type { KeyFamily } from "./redis-keys.ts";
import type { RedisConnection, RedisServer } from "./redis-connection.ts";

/** What there is of one family. */
export interface FamilyCount {
  /** Undefined for keys that no family declares. */
  readonly family: KeyFamily | undefined;
  readonly keys: number;
  /** Estimated from some of them. */
  readonly bytes: number;
  /** One of them, for whoever wants to look. */
  readonly example: string;
}

/** The keys of a Redis by family. */
export interface KeySurvey {
  /** The largest first. */
  readonly families: readonly FamilyCount[];
  readonly keys: number;
  /** More keys than were looked at. */
  readonly isCut: boolean;
}

/** How many keys a survey looks at, unless told. */
export const SURVEYED_MAX = 1_000_000;
/** Keys that one step looks at: short enough for nobody to notice. */
const KEYS_A_STEP = 500;
/** Keys of each family whose memory is asked for. */
const MEASURED_MAX = 200;
/** Entries of a large key from which its memory is estimated. */
const SAMPLES = 5;

interface Tally {
  readonly family: KeyFamily | undefined;
  readonly example: string;
  keys: number;
  measured: number;
  measuredBytes: number;
}

/** The family of a key; undefined when none declares it. Pure. */
export function familyOf(key: string): KeyFamily | undefined {
  return KEY_FAMILIES.find(({ pattern, type }) => {
    if (type === "channel") return false;
    const [before = "", after] = pattern.split("*");
    if (after === undefined) return key === pattern;
    return key.startsWith(before) && key.endsWith(after);
  });
}

/** Counts the keys of all servers by family, in steps between which Redis serves everybody else. @throws Fault of the store */
export async function surveyKeys(connection: RedisConnection, keysMax = SURVEYED_MAX): Promise<KeySurvey> {
  const tallies = new Map<KeyFamily | undefined, Tally>();
  let keys = 0;
  let isCut = false;
  for (const server of connection.servers()) {
    let cursor = "0";
    do {
      const [next, found] = (await server("scan", cursor, "COUNT", KEYS_A_STEP)) as [string, string[]];
      cursor = next;
      keys += found.length;
      await Promise.all(found.map((key) => count(key, tallies, server)));
    } while (cursor !== "0" && keys < keysMax);
    isCut ||= cursor !== "0";
  }
  const families = Array.from(tallies.values(), inTotal).toSorted((one, other) => other.bytes - one.bytes);
  return { families, keys, isCut };
}

async function count(
  key: string,
  tallies: Map<KeyFamily | undefined, Tally>,
  server: RedisServer,
): Promise<void> {
  const family = familyOf(key);
  const tally = tallies.get(family) ?? { family, example: key, keys: 0, measured: 0, measuredBytes: 0 };
  tallies.set(family, tally);
  tally.keys++;
  if (tally.keys > MEASURED_MAX) return;
  const bytes = await server("memory", "usage", key, "SAMPLES", SAMPLES);
  // It may have gone since.
  if (typeof bytes !== "number") return;
  tally.measured++;
  tally.measuredBytes += bytes;
}

function inTotal({ family, keys, measured, measuredBytes, example }: Tally): FamilyCount {
  const bytes = measured === 0 ? 0 : Math.round((measuredBytes / measured) * keys);
  return { family, keys, bytes, example };
}

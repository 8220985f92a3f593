const TAG_PREFIX = "__tag__:";
const TOPIC = "__topic__";
const SOURCE = "__source__";

const NONE: readonly WantedKey[] = [];

/** The key of a field as it stands in a log, and which of the wanted fields it is. */
export interface WantedKey {
  readonly bytes: Uint8Array;
  readonly slot: number;
}

/** The fields that a reader of logs wants, ready to be found by the bytes of their keys. Pure. */
export class WantedFields {
  readonly count: number;
  /** Where the group's topic and source belong, if they are wanted. */
  readonly topicSlots: readonly number[];
  readonly sourceSlots: readonly number[];
  /** By the length of the key: most keys of a log are unwanted, and most of those have a length that no wanted one has. */
  readonly byLength: readonly (readonly WantedKey[] | undefined)[];
  readonly #tagsByLength: readonly (readonly WantedKey[] | undefined)[];

  constructor(fields: readonly string[]) {
    this.count = fields.length;
    this.byLength = byLength(fields.map((name, slot) => ({ bytes: Buffer.from(name), slot })));
    this.#tagsByLength = byLength(fields.flatMap(tagKey));
    this.topicSlots = slotsOf(fields, TOPIC);
    this.sourceSlots = slotsOf(fields, SOURCE);
  }

  /** The wanted fields whose key in a log has this length. */
  ofLogs(keyLength: number): readonly WantedKey[] {
    return this.byLength[keyLength] ?? NONE;
  }

  /** The wanted fields whose key as a tag of the group has this length. */
  ofTags(keyLength: number): readonly WantedKey[] {
    return this.#tagsByLength[keyLength] ?? NONE;
  }
}

/** Whether the bytes from `at` on begin with `key`. */
export function standsAt(bytes: Uint8Array, at: number, key: Uint8Array): boolean {
  for (let index = 0; index < key.length; index++) {
    if (bytes[at + index] !== key[index]) return false;
  }
  return true;
}

function tagKey(name: string, slot: number): WantedKey[] {
  return name.startsWith(TAG_PREFIX) ? [{ bytes: Buffer.from(name.slice(TAG_PREFIX.length)), slot }] : [];
}

function slotsOf(fields: readonly string[], name: string): number[] {
  return fields.flatMap((field, slot) => (field === name ? [slot] : []));
}

function byLength(keys: readonly WantedKey[]): (readonly WantedKey[] | undefined)[] {
  const longest = Math.max(-1, ...keys.map(({ bytes }) => bytes.length));
  return Array.from({ length: longest + 1 }, (_, length) => {
    const same = keys.filter(({ bytes }) => bytes.length === length);
    return same.length === 0 ? undefined : same;
  });
}

import { LIST } from "./log-group-fields.ts";
import { WireReader } from "./wire-reader.ts";

/** Goes to the length of the next group of a list, over what is none; false at the end of the list. @throws DamagedBytes */
export function toNextGroup(reader: WireReader): boolean {
  while (reader.at < reader.end) {
    const tag = reader.varint();
    if (tag === LIST.group) return true;
    reader.skip(tag);
  }
  return false;
}

/** One group of a list: the bytes from `start` to `end` are a list of this group alone, those of a run of groups a list of the run. */
export interface GroupSpan {
  readonly start: number;
  readonly end: number;
}

/** Where the groups of a list lie, so that a bad one can be set apart. @throws DamagedBytes when the list is cut */
export function groupSpans(bytes: Uint8Array): GroupSpan[] {
  const reader = new WireReader(bytes);
  const spans: GroupSpan[] = [];
  for (;;) {
    const start = reader.at;
    if (!toNextGroup(reader)) return spans;
    reader.at = reader.enter();
    spans.push({ start, end: reader.at });
  }
}

/** How many groups a list has. @throws DamagedBytes when the list is cut */
export function countGroups(bytes: Uint8Array): number {
  const reader = new WireReader(bytes);
  let groups = 0;
  for (; toNextGroup(reader); groups++) reader.at = reader.enter();
  return groups;
}

import type { StoreReads } from "./still-store.ts";

/** Keys that are looked at in one go. */
const PAGE = 256;

/** The keys of all entities of a type, or of all types, in their order. */
export function* keysOf(store: StoreReads, type: string | undefined): Generator<string> {
  const first = type === undefined ? "" : `${type}/`;
  for (let after = first; ;) {
    const range = after === "" ? {} : { start: after, exclusiveStart: true };
    const keys = store.look(() => [...store.entities.getKeys({ ...range, limit: PAGE })]);
    const meant = keys.filter((key) => key.startsWith(first));
    yield* meant;
    const last = meant.at(-1);
    if (last === undefined || meant.length < keys.length) return;
    after = last;
  }
}

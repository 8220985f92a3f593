import type { Publication } from "../../protocols/client-frames.ts";

/** What a publication takes as JSON beside data and facts, in bytes: room, offset, name, time and the names of the fields. */
const ENVELOPE_BYTES = 160;

/** How many bytes a value takes as JSON, which is how most clients get it. Pure. */
export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? "null");
}

/** About how many bytes a publication takes as JSON. Pure. */
export function publicationBytes({ data, facts }: Pick<Publication, "data" | "facts">): number {
  return ENVELOPE_BYTES + jsonBytes(data) + (facts === undefined ? 0 : jsonBytes(facts));
}

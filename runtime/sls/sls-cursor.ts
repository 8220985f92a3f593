/**
 * A cursor of SLS is text: the base64 of a decimal number beyond 2^53. Within a shard the log groups have consecutive
 * numbers, so cursors can be counted with; across shards they mean nothing to each other. Pure.
 */
export type Cursor = string;

const NUMBER = /^\d{1,20}$/;

/** The number of the log group that a cursor points at; undefined when the text is no cursor. */
export function sequenceOf(cursor: Cursor): bigint | undefined {
  const text = Buffer.from(cursor, "base64").toString("latin1");
  return NUMBER.test(text) ? BigInt(text) : undefined;
}

/** The cursor that points at the log group with this number. */
export function cursorAt(sequence: bigint): Cursor {
  return Buffer.from(String(sequence), "latin1").toString("base64");
}

/** How many log groups lie from one cursor to a later one of the same shard; undefined when that cannot be known. */
export function groupsBetween(from: Cursor, to: Cursor): bigint | undefined {
  const [start, end] = [sequenceOf(from), sequenceOf(to)];
  return start === undefined || end === undefined ? undefined : end - start;
}

import fc from "fast-check";

/** Bytes that were valid before something happened to them: some are others, some are gone, some came in between. */
export function mutated(valid: Uint8Array): fc.Arbitrary<Uint8Array> {
  const place = fc.nat(valid.length - 1);
  const change = fc.oneof(
    fc.record({
      kind: fc.constant("set" as const),
      at: place,
      bytes: fc.uint8Array({ minLength: 1, maxLength: 1 }),
    }),
    fc.record({ kind: fc.constant("set" as const), at: place, bytes: fc.constantFrom(LARGE, ZERO, BETWEEN) }),
    fc.record({ kind: fc.constant("insert" as const), at: place, bytes: fc.uint8Array({ maxLength: 9 }) }),
    fc.record({
      kind: fc.constant("remove" as const),
      at: place,
      bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
    }),
    fc.record({ kind: fc.constant("end" as const), at: place, bytes: fc.constant(ZERO) }),
  );
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => changes.reduce(apply, valid));
}

const LARGE = Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]);
const ZERO = Uint8Array.from([0]);
const BETWEEN = Uint8Array.from([0x61, 0, 0x62]);

interface Change {
  readonly kind: "set" | "insert" | "remove" | "end";
  readonly at: number;
  readonly bytes: Uint8Array;
}

function apply(before: Uint8Array, { kind, at, bytes }: Change): Uint8Array {
  const [head, tail] = [before.slice(0, at), before.slice(at)];
  if (kind === "end") return head;
  if (kind === "insert") return Buffer.concat([head, bytes, tail]);
  return Buffer.concat([head, kind === "set" ? bytes : ZERO.slice(1), tail.slice(bytes.length)]);
}

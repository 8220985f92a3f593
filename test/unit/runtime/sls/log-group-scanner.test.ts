import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Row } from "../../../../runtime/counting/row.ts";
import { decodeLogGroups } from "../../../../runtime/sls/decode-log-groups.ts";
import { encodeLogGroup, groupHead } from "../../../../runtime/sls/encode-log-group.ts";
import { groupSpans } from "../../../../runtime/sls/log-group-list.ts";
import { LogGroupScanner } from "../../../../runtime/sls/log-group-scanner.ts";
import type { LogGroup } from "../../../../runtime/sls/log-group.ts";
import { protobufOracle } from "../../../support/protobuf-oracle.ts";
import type { OracleGroup } from "../../../support/protobuf-oracle.ts";

const oracle = protobufOracle();
const KEYS = ["status", "host", "uri", "a", "", "k".repeat(200), "__topic__", "größe"];
const FIELDS = [...KEYS, "__source__", "__tag__:__hostname__", "__tag__:a"];

const value = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ minLength: 120, maxLength: 300 }),
  fc.constant("v".repeat(20_000)),
);
const log = fc.record({
  Time: fc.nat({ max: 0xff_ff_ff_ff }),
  Contents: fc.array(fc.record({ Key: fc.constantFrom(...KEYS, "other"), Value: value }), { maxLength: 6 }),
  TimeNs: fc.option(fc.nat({ max: 999_999_999 }), { nil: undefined }),
});
const group = fc.record({
  Logs: fc.array(log, { maxLength: 5 }),
  Topic: fc.option(fc.string({ maxLength: 5 }), { nil: undefined }),
  Source: fc.option(fc.string({ maxLength: 5 }), { nil: undefined }),
  LogTags: fc.array(fc.record({ Key: fc.constantFrom("__hostname__", "a", "b"), Value: fc.string() }), {
    maxLength: 3,
  }),
});

describe("a scanner of log groups", () => {
  it("finds what protobufjs decodes, in every log", () => {
    fc.assert(
      fc.property(fc.array(group, { maxLength: 4 }), (groups) => {
        const bytes = oracle.encodeList(groups);
        const expected = oracle
          .decodeList(bytes)
          .flatMap((decoded, index) => decoded.Logs.map((one) => [index, expectedRow(decoded, one)]));
        assert.deepEqual(scan(bytes, FIELDS), { rows: expected, groups: groups.length, damaged: [] });
      }),
    );
  });

  it("passes over fields that it does not know, of every wire type", () => {
    fc.assert(
      fc.property(
        fc.array(group, { minLength: 1, maxLength: 2 }),
        fc.infiniteStream(unknownField),
        (groups, unknown) => {
          const bytes = oracle.encodeList(groups);
          const mixed = withUnknown(bytes, unknown);
          assert.deepEqual(scan(mixed, FIELDS).rows, scan(bytes, FIELDS).rows);
        },
      ),
    );
  });

  it("reads a long key even where its length could pass for a short one", () => {
    // Taken for one byte, the length would make the last byte of this key the beginning of the value.
    const key = `${"k".repeat(199)}\u0012`;
    const { rows } = scan(listOf([{ logs: [{ seconds: 1, fields: [[key, "seventeen letters"]] }] }]), [key]);
    assert.deepEqual(rows, [[0, { timeMs: 1000, [key]: "seventeen letters" }]]);
  });

  it("leaves values that are no UTF-8 as they are", () => {
    const odd = Buffer.from([0xff, 0x00, 0xc3, 0x28]);
    const bytes = listOf([{ logs: [{ seconds: 5, nanoseconds: 123_456_789, fields: [["raw", odd]] }] }]);
    const seen: Buffer[] = [];
    new LogGroupScanner(["raw"]).scan(bytes, (row) => {
      assert.equal(row.timeMs, 5123);
      seen.push(Buffer.from(row.bytes.subarray(row.starts[0], row.ends[0])));
    });
    assert.deepEqual(seen, [odd]);
    assert.deepEqual(decodeLogGroups(bytes)[0]?.logs[0]?.fields, [["raw", odd]]);
  });

  it("gives nothing of a damaged group, says which it is, and goes on behind it", () => {
    const groups = [0, 1, 2].map((id) => ({
      logs: [1, 2].map(() => ({ seconds: 1, fields: [["id", String(id)]] as const })),
    }));
    const bytes = Buffer.from(listOf(groups));
    const second = groupSpans(bytes)[1];
    // The length of the last value in the group, which is one byte long.
    bytes[(second?.end ?? 0) - 2] = 9;
    const { rows, damaged } = scan(bytes, ["id"]);
    assert.deepEqual(
      rows.map(([index]) => index),
      [0, 0, 2, 2],
    );
    assert.deepEqual(damaged, [1]);
  });

  it("reads all groups in front of the place where a list is cut", () => {
    const bytes = listOf([0, 1, 2].map((id) => ({ logs: [{ seconds: 1, fields: [["id", String(id)]] }] })));
    const { rows, groups, damaged } = scan(bytes.subarray(0, bytes.length - 4), ["id"]);
    assert.deepEqual([rows.length, groups, damaged], [2, 3, [2]]);
  });

  it("never fails on any bytes, and never gives a row that lies outside of them", () => {
    fc.assert(
      fc.property(
        fc.array(group, { maxLength: 2 }),
        fc.uint8Array({ maxLength: 6 }),
        fc.nat(),
        (groups, noise, at) => {
          const bytes = Buffer.from(oracle.encodeList(groups));
          bytes.set(noise.subarray(0, bytes.length - (at % (bytes.length + 1))), at % (bytes.length + 1));
          new LogGroupScanner(FIELDS).scan(bytes, ({ starts, ends }) => {
            starts.forEach((start, slot) =>
              assert.ok(start === -1 || (start <= (ends[slot] ?? -1) && (ends[slot] ?? -1) <= bytes.length)),
            );
          });
        },
      ),
    );
  });

  it("reads groups of more logs than it has room for at first", () => {
    const logs = Array.from({ length: 5000 }, (_, index) => ({
      seconds: index,
      fields: [["id", String(index)]] as const,
    }));
    const { rows } = scan(listOf([{ logs }]), ["id"]);
    assert.deepEqual(
      rows.map(([, { id }]) => id),
      logs.map((_, index) => String(index)),
    );
  });
});

describe("log groups", () => {
  it("are encoded as protobufjs encodes them, and decoded again", () => {
    fc.assert(
      fc.property(group, (made) => {
        const own = fromOracle(made);
        const encoded = encodeLogGroup(own);
        assert.deepEqual(Buffer.from(encoded), Buffer.from(oracle.encode(made)));
        const decoded = decodeLogGroups(Buffer.concat([groupHead(encoded.length), encoded]))[0];
        assert.deepEqual(decoded, own);
      }),
    );
  });

  it("can be cut out of their list, one or several", () => {
    const bytes = listOf([0, 1, 2].map((id) => ({ logs: [{ seconds: 1, fields: [["id", String(id)]] }] })));
    const [, second, third] = groupSpans(bytes);
    const { rows } = scan(bytes.subarray(second?.start, third?.end), ["id"]);
    assert.deepEqual(
      rows.map(([, { id }]) => id),
      ["1", "2"],
    );
  });
});

type Found = Record<string, string | number>;

function scan(bytes: Uint8Array, fields: readonly string[]) {
  const rows: [number, Found][] = [];
  const { groups, logs, damaged } = new LogGroupScanner(fields).scan(bytes, (row, index) => {
    rows.push([index, foundIn(row, fields)]);
  });
  assert.equal(logs, rows.length);
  return { rows, groups, damaged: damaged.map(({ group: index }) => index) };
}

function foundIn({ bytes, timeMs, starts, ends }: Row, fields: readonly string[]): Found {
  const found: Found = { timeMs };
  fields.forEach((field, slot) => {
    if (starts[slot] === -1) return;
    found[field] = Buffer.from(bytes.subarray(starts[slot], ends[slot])).toString();
  });
  return found;
}

function expectedRow(
  decoded: OracleGroup,
  { Time, TimeNs = 0, Contents }: OracleGroup["Logs"][number],
): Found {
  const tags = decoded.LogTags.map(({ Key, Value }) => [`__tag__:${Key}`, Value]);
  const all = new Map<string, string>(tags as [string, string][]);
  if (decoded.Topic !== undefined) all.set("__topic__", decoded.Topic);
  if (decoded.Source !== undefined) all.set("__source__", decoded.Source);
  for (const { Key, Value } of Contents) all.set(Key, Value);
  const wanted = FIELDS.filter((field) => all.has(field)).map((field) => [field, all.get(field) ?? ""]);
  return { timeMs: Time * 1000 + Math.floor(TimeNs / 1e6), ...Object.fromEntries(wanted) };
}

function fromOracle({ Logs, Topic, Source, LogTags }: OracleGroup): LogGroup {
  return {
    ...(Topic === undefined ? {} : { topic: Topic }),
    ...(Source === undefined ? {} : { source: Source }),
    tags: LogTags.map(({ Key, Value }) => [Key, Value]),
    logs: Logs.map(({ Time, TimeNs, Contents }) => ({
      seconds: Time,
      ...(TimeNs === undefined ? {} : { nanoseconds: TimeNs }),
      fields: Contents.map(({ Key, Value }) => [Key, Value]),
    })),
  };
}

function listOf(groups: readonly LogGroup[]): Uint8Array {
  return Buffer.concat(groups.map(encodeLogGroup).flatMap((one) => [groupHead(one.length), one]));
}

/** A field with a number that SLS does not use. */
const unknownField = fc.oneof(
  fc.nat({ max: 127 }).map((small) => Buffer.from([0x78, small])),
  fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from([0x79, ...bytes])),
  fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from([0x7a, bytes.length, ...bytes])),
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.from([0x7d, ...bytes])),
);

/** The same list with unknown fields in it: in the list, in its groups and in their logs. */
function withUnknown(bytes: Uint8Array, unknown: Iterator<Buffer>): Buffer {
  const next = (): Buffer => unknown.next().value as Buffer;
  const parts = groupSpans(bytes).flatMap(({ start, end }) => {
    const head = headLength(bytes, start);
    const body = Buffer.concat([next(), bytes.subarray(start + head, end), next()]);
    return [next(), groupHead(body.length), body];
  });
  return Buffer.concat([...parts, next()]);
}

/** Tag and length of a group. */
function headLength(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while ((bytes[at] ?? 0) > 127) at++;
  return at + 1 - start;
}

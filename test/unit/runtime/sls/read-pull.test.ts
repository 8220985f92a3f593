import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { deflateSync } from "node:zlib";
import { BytePool } from "../../../../runtime/sls/byte-pool.ts";
import { encodeLogGroup, groupHead } from "../../../../runtime/sls/encode-log-group.ts";
import { packLz4 } from "../../../../runtime/sls/lz4-pack.ts";
import { readPull } from "../../../../runtime/sls/read-pull.ts";

const group = encodeLogGroup({ logs: [{ seconds: 1, fields: [["a", "b"]] }] });
const list = Buffer.concat([groupHead(group.length), group, groupHead(group.length), group]);
const HEADERS = {
  "x-log-cursor": "bmV4dA==",
  "x-log-count": "2",
  "x-log-bodyrawsize": String(list.length),
  "x-log-compresstype": "lz4",
};

describe("the answer to a pull", () => {
  it("is the same in each compression", () => {
    const packed = { lz4: packLz4(list), deflate: deflateSync(list), gzip: deflateSync(list), "": list };
    for (const [type, body] of Object.entries(packed)) {
      const pull = read(body, { "x-log-compresstype": type });
      assert.deepEqual([pull.groups, Buffer.from(pull.body), pull.wireBytes], [2, list, body.length], type);
    }
  });

  it("lies in room of a pool until nobody reads it any more, and gives that back once", () => {
    const pool = new BytePool(1_000_000);
    const answer = { status: 200, headers: HEADERS, body: Buffer.from(packLz4(list)) };
    const pull = readPull(answer, "c", pool);
    assert.deepEqual([Buffer.from(pull.body), pool.keptBytes], [list, 0]);
    pull.release();
    const { keptBytes } = pool;
    pull.release();
    assert.ok(keptBytes >= list.length && pool.keptBytes === keptBytes);
  });

  it("says the number of its last group beyond what a number holds, and its time in either unit", () => {
    const facts = (more: Record<string, string>) => read(packLz4(list), more);
    assert.equal(
      facts({ "x-log-read-last-cursor": "1729070618428044655" }).lastSequence,
      1729070618428044655n,
    );
    assert.equal(facts({ "x-log-read-last-cursor": "" }).lastSequence, undefined);
    assert.equal(facts({ "x-log-cursor-time": "1700000000" }).receivedAtMs, 1_700_000_000_000);
    assert.equal(facts({ "x-log-cursor-time": "1700000000123" }).receivedAtMs, 1_700_000_000_123);
    assert.equal(facts({}).receivedAtMs, undefined);
  });

  it("is at the end when the cursor stays, or when it says so", () => {
    const nothing = { "x-log-count": "0", "x-log-bodyrawsize": "0" };
    assert.equal(read(Buffer.alloc(0), nothing, "bmV4dA==").isAtEnd, true);
    assert.equal(read(packLz4(list), {}).isAtEnd, false);
    assert.equal(read(packLz4(list), { "x-log-end-of-cursor": "1" }).isAtEnd, true);
    // A query may leave nothing of groups that were read.
    const moved = read(Buffer.alloc(0), nothing);
    assert.deepEqual([moved.groups, moved.isAtEnd], [0, false]);
  });

  it("is refused when it contradicts itself", () => {
    const block = packLz4(list);
    assert.throws(() => read(block, { "x-log-bodyrawsize": String(list.length + 1) }), /its body is damaged/);
    assert.throws(
      () => read(list, { "x-log-compresstype": "", "x-log-bodyrawsize": "9" }),
      /holds .* announces 9/,
    );
    assert.throws(() => read(block.subarray(0, 9), {}), /its body is damaged/);
    assert.throws(() => read(block, { "x-log-count": "3" }), /holds 2 log groups and announces 3/);
    assert.throws(() => read(block, { "x-log-compresstype": "zstd" }), /zstd was not asked for/);
    assert.throws(() => read(block, { "x-log-bodyrawsize": "99999999999" }), /announces 99999999999 bytes/);
    assert.throws(() => read(block, { "x-log-bodyrawsize": "many" }), /announces NaN bytes/);
    assert.throws(() => read(block, { "x-log-cursor": "" }), /no next cursor/);
    const cut = list.subarray(0, list.length - 1);
    assert.throws(
      () => read(cut, { "x-log-compresstype": "", "x-log-bodyrawsize": String(cut.length) }),
      /is cut/,
    );
  });
});

function read(body: Uint8Array, headers: Record<string, string>, cursor = "b3RoZXI=") {
  return readPull({ status: 200, headers: { ...HEADERS, ...headers }, body: Buffer.from(body) }, cursor);
}

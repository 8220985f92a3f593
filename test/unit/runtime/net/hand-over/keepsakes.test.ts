import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { packKeepsakes, unpackKeepsakes } from "../../../../../runtime/net/hand-over/keepsakes.ts";
import { LogRecord } from "../../../../support/log-record.ts";

function keepsake(name: string, version: number, data: unknown) {
  const loaded: unknown[] = [];
  return { name, version, loaded, dump: () => data, load: (given: unknown) => void loaded.push(given) };
}

describe("what features keep outside of their actors", () => {
  it("comes to the same feature of the other process", () => {
    const packed = packKeepsakes([keepsake("nonces", 1, ["n"]), keepsake("other", 3, { a: 1 })]);
    const [nonces, other] = [keepsake("nonces", 1, undefined), keepsake("other", 3, undefined)];
    const log = new LogRecord();
    unpackKeepsakes(packed, [other, nonces], log);
    assert.deepEqual([nonces.loaded, other.loaded], [[["n"]], [{ a: 1 }]]);
    assert.deepEqual(
      log.lines.map(({ event }) => event),
      [],
    );
  });

  it("is left out and logged when it is of another version or for nobody", () => {
    const packed = packKeepsakes([keepsake("nonces", 1, ["n"]), keepsake("gone", 1, 0)]);
    const nonces = keepsake("nonces", 2, undefined);
    const log = new LogRecord();
    unpackKeepsakes(packed, [nonces], log);
    assert.deepEqual(nonces.loaded, []);
    assert.deepEqual(
      log.lines.map(({ event }) => event),
      ["handOver.keepsakeUnfit", "handOver.keepsakeUnfit"],
    );
  });
});

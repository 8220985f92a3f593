import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { troublesOf } from "../../../../../actors/monitoring/page/log-troubles.ts";
import type { LogReaders } from "../../../../../actors/monitoring/page/log-troubles.ts";

const PULLER = {
  source: "shop",
  partition: "0",
  state: "flowing",
  step: "reads",
  lagMs: 0,
  ratePerSecond: 1,
  records: 1,
  batches: 1,
  bytes: 1,
  unparsable: 0,
  quarantined: 0,
  gaps: 0,
  lost: 0,
  handedOver: 0,
  failures: 1,
  restarts: 0,
} as const satisfies LogReaders["pullers"][number];
const TROUBLE = { atMs: 5, code: "Unauthorized", text: "the key is refused" };

describe("what of the logs is not read", () => {
  it("is a source that cannot be listed, although it has no part", () => {
    const readers = [{ node: "elm", sources: [{ source: "shop", trouble: TROUBLE }], pullers: [] }];
    assert.deepEqual(troublesOf(readers), [
      { node: "elm", log: "shop", atMs: 5, text: "the key is refused" },
    ]);
  });

  it("is a part that has stalled, and no failure that is over", () => {
    const pullers = [
      { ...PULLER, trouble: TROUBLE },
      { ...PULLER, partition: "1", state: "stalled" as const, trouble: TROUBLE },
    ];
    const readers = [{ node: "elm", sources: [{ source: "shop" }], pullers }];
    assert.deepEqual(troublesOf(readers), [
      { node: "elm", log: "shop/1", atMs: 5, text: "the key is refused" },
    ]);
  });

  it("is unknown of a node that does not answer", () => {
    const readers = [{ node: "oak", silence: "no answer within 1500 ms", sources: [], pullers: [] }];
    assert.deepEqual(troublesOf(readers), [
      { node: "oak", log: undefined, atMs: undefined, text: "no answer within 1500 ms" },
    ]);
  });
});

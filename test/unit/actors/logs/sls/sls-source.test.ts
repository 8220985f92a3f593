import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SlsLine } from "../../../../../actors/logs/sls/sls-reader.ts";
import { SlsSource } from "../../../../../actors/logs/sls/sls-source.ts";
import { PullFailure } from "../../../../../actors/logs/source.ts";
import { ServerClock } from "../../../../../runtime/sls/server-clock.ts";

describe("a logstore as a source", () => {
  it("opens one line for all who list its shards at once, and closes it", async () => {
    const { source, lines } = sourceOf(() => undefined);
    const { signal } = new AbortController();
    await Promise.all([source.partitions(signal), source.partitions(signal)]);
    source.close();
    await Promise.resolve();
    assert.deepEqual(lines, { opened: 1, closed: 1 });
  });

  it("closes a line also that opens after its end", async () => {
    const { source, lines } = sourceOf(() => undefined);
    const listed = source.partitions(new AbortController().signal);
    source.close();
    await listed;
    assert.deepEqual(lines, { opened: 1, closed: 1 });
  });

  it("opens another line after one that could not be opened", async () => {
    let tries = 0;
    const { source, lines } = sourceOf(() =>
      tries++ === 0 ? new PullFailure("noCa", "escalate", "no file") : undefined,
    );
    const { signal } = new AbortController();
    await assert.rejects(source.partitions(signal), { code: "noCa" });
    assert.deepEqual(await source.partitions(signal), [{ id: "0" }]);
    assert.equal(lines.opened, 1);
  });
});

function sourceOf(troubleOf: () => Error | undefined) {
  const lines = { opened: 0, closed: 0 };
  const shards = [{ id: 0, isReadonly: false, beginKey: "0", endKey: "f", createdAt: 0 }];
  const connect = async (): Promise<SlsLine> => {
    await Promise.resolve();
    const trouble = troubleOf();
    if (trouble !== undefined) throw trouble;
    lines.opened++;
    const logstore = { listShards: () => Promise.resolve(shards) };
    return {
      logstore: logstore as unknown as SlsLine["logstore"],
      logstores: () => Promise.resolve([]),
      close: () => void lines.closed++,
    };
  };
  const clock = new ServerClock({ wallMs: () => 0 });
  const source = new SlsSource({
    name: "sls",
    connect,
    clock,
    from: "begin",
    inOrder: false,
    readWithinMs: 8_000,
  });
  return { source, lines };
}

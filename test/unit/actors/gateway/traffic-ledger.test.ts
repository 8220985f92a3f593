import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addTrafficMetrics, TrafficLedger } from "../../../../actors/gateway/traffic-ledger.ts";
import type { OutletAccount } from "../../../../protocols/outlet.ts";
import { Metrics } from "../../../../runtime/telemetry/metrics.ts";

const ACCOUNT: OutletAccount = {
  bytesIn: 10,
  framesIn: 1,
  bytesOut: 200,
  framesOut: 2,
  bufferedBytes: 0,
  state: "open",
  readingPaused: false,
  drops: { "chat/lobby": 3, "live/final": 1 },
  policies: {},
};

const traffic = (account: Partial<OutletAccount> = {}) => ({ account: () => ({ ...ACCOUNT, ...account }) });

describe("the ledger of a gateway", () => {
  it("adds up open connections and those that have ended", () => {
    const ledger = new TrafficLedger();
    const [gone, open] = [traffic(), traffic({ bytesIn: 5 })];
    ledger.enter(gone);
    ledger.enter(open);
    ledger.leave(gone);
    assert.equal(ledger.connections, 1);
    assert.deepEqual(ledger.sum(), { bytesIn: 15, bytesOut: 400, framesIn: 2, framesOut: 4, dropped: 8 });
  });

  it("counts a connection once, whatever becomes of it", () => {
    const ledger = new TrafficLedger();
    const connection = traffic();
    ledger.leave(connection);
    ledger.enter(connection);
    ledger.enter(connection);
    ledger.leave(connection);
    ledger.leave(connection);
    assert.deepEqual([ledger.connections, ledger.sum().framesIn], [0, 1]);
  });

  it("counts of a connection from another process only what passes here", () => {
    const ledger = new TrafficLedger();
    let bytesIn = 10;
    const moved = { account: () => ({ ...ACCOUNT, bytesIn }) };
    ledger.adopt(moved);
    const nothing = { bytesIn: 0, bytesOut: 0, framesIn: 0, framesOut: 0, dropped: 0 };
    assert.deepEqual(ledger.sum(), nothing);
    bytesIn = 17;
    assert.deepEqual(ledger.sum(), { ...nothing, bytesIn: 7 });
    ledger.leave(moved);
    assert.deepEqual([ledger.connections, ledger.sum().bytesIn], [0, 7]);
  });

  it("shows its sums as metrics", async () => {
    const [metrics, ledger] = [new Metrics(), new TrafficLedger()];
    addTrafficMetrics(metrics, ledger);
    ledger.enter(traffic());
    const text = await metrics.text();
    for (const line of [
      /^banyan_connections 1$/m,
      /^banyan_bytes_total\{direction="out"\} 200$/m,
      /^banyan_dropped_publications_total 4$/m,
    ]) {
      assert.match(text, line);
    }
  });
});

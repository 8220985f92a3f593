import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { describe, it } from "node:test";
import { alarmsFeature } from "../../../../actors/alarms/feature.ts";
import { loadSettings } from "../../../../deploy/settings.ts";
import type { FeatureHost } from "../../../../runtime/feature.ts";
import { CountingLog } from "../../../../runtime/telemetry/counting-log.ts";
import { Metrics } from "../../../../runtime/telemetry/metrics.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

/** The feature as a node runs it, with the log that it listens to. */
function started() {
  const virtual = new VirtualSystem();
  const log = new CountingLog(virtual.log);
  const host: Partial<FeatureHost> = {
    settings: loadSettings({ folder: tmpdir(), environment: {}, flags: [] }),
    system: virtual.system,
    metrics: new Metrics(),
    onEvent: (listener) => log.listen(listener),
    hostLink: undefined,
  };
  const parts = alarmsFeature.start(host as FeatureHost);
  const alarms = () =>
    virtual.log.lines
      .filter(({ event }) => event.startsWith("alarm."))
      .map(({ event, fields }) => `${event} ${String(fields["key"])}`);
  return { virtual, log, parts, alarms };
}

describe("the alarms feature", () => {
  it("raises what the log says that somebody must look at, and tells it by default to the log", async () => {
    const { virtual, log, alarms } = started();
    log.error("actor.gaveUp", { path: "/rooms", supervisor: "/" });
    log.error("actor.gaveUp", { path: "/rooms", supervisor: "/" });
    log.info("node.started");
    await virtual.settle();
    assert.deepEqual(alarms(), ["alarm.raised actor.gaveUp:/rooms"]);
  });

  it("ends an alarm by the event that says that all is well, or by silence", async () => {
    const { virtual, log, alarms } = started();
    log.warn("mailbox.aging", { type: "room", path: "/rooms/a" });
    log.warn("actor.stalled", { type: "room", path: "/rooms/a" });
    await virtual.advance(60_000);
    log.info("mailbox.recovered", { type: "room", path: "/rooms/a" });
    await virtual.settle();
    assert.deepEqual(alarms().slice(2), ["alarm.recovered mailbox.aging:room"]);
    await virtual.advance(900_000);
    await virtual.settle();
    assert.deepEqual(alarms().slice(3), ["alarm.recovered actor.stalled:room"]);
  });

  it("survives a storm of events, and tells it as one alarm", async () => {
    const { virtual, log, alarms } = started();
    for (let index = 0; index < 30_000; index++) {
      log.warn("actor.stalled", { type: "room", path: `/rooms/${index}` });
    }
    await virtual.settle();
    assert.deepEqual(alarms(), ["alarm.raised actor.stalled:room"]);
  });

  it("is reached by other features, and by operators", () => {
    const { parts } = started();
    assert.deepEqual(
      parts.offers?.map(({ protocol }) => protocol.name),
      ["alarms"],
    );
    assert.deepEqual(
      parts.operatorRoutes?.map(({ path }) => path),
      ["/v1/alarms", "/v1/alarms/act"],
    );
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { alarmWordOf, EVENT_ALARMS } from "../../../../runtime/alarms/event-alarms.ts";
import { EVENTS } from "../../../../runtime/telemetry/events.ts";
import type { EventName } from "../../../../runtime/telemetry/events.ts";

const QUIET_MS = 900_000;

describe("the events that are alarms", () => {
  it("are one alarm for each thing that they are about", () => {
    const fields = { path: "/rooms/chat", supervisor: "/rooms" };
    assert.deepEqual(alarmWordOf("actor.gaveUp", fields, QUIET_MS), {
      kind: "raise",
      call: {
        key: "actor.gaveUp:/rooms/chat",
        severity: "critical",
        summary: "/rooms/chat has failed too often and stays stopped",
        details: fields,
        quietMs: QUIET_MS,
      },
    });
  });

  it("tell the message of an error and plain facts, but neither stacks nor what lies deeper", () => {
    const fields = {
      type: "room",
      path: "/x",
      stack: ["a", "b"],
      err: new Error("bad"),
      deep: { token: "t" },
    };
    const word = alarmWordOf("actor.stalled", fields, QUIET_MS);
    assert.ok(word?.kind === "raise");
    assert.deepEqual(word.call.details, { type: "room", path: "/x", error: "bad" });
  });

  it("are few: nothing else is an alarm, and what an alarm logs is none", () => {
    const quiet: EventName[] = ["connection.opened", "alarm.raised", "delivery.gaveUp", "delivery.failed"];
    for (const event of quiet) assert.equal(alarmWordOf(event, {}, QUIET_MS), undefined, event);
  });

  it("say only what their events carry, and clear only what is raised", () => {
    for (const [event, rule] of Object.entries(EVENT_ALARMS)) {
      assert.ok(event in EVENTS, event);
      if ("clears" in rule) assert.ok(EVENT_ALARMS[rule.clears] !== undefined, event);
      else assert.notEqual(EVENTS[event as EventName].level, "debug", event);
    }
  });
});

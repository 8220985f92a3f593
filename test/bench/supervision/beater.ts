import { defineProtocol } from "../../../protocols/protocol.ts";
import { defineActor } from "../../../runtime/actor/define-actor.ts";

const BEAT_EVERY_MS = 250;

const BeaterProtocol = defineProtocol({ name: "beater", version: 1, self: { tick: {} } });

/** Meets its heartbeat duty and does nothing else. */
export const Beater = defineActor({
  protocol: BeaterProtocol,
  heartbeat: { everyMs: BEAT_EVERY_MS },
  initialState: (_args: void, context) => context.startTimer("tick", BEAT_EVERY_MS, { kind: "tick" }),
  handlers: {
    tick(_state, _message, context) {
      context.beat();
      context.startTimer("tick", BEAT_EVERY_MS, { kind: "tick" });
    },
  },
});

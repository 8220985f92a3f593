/** How grave an event is. `warn`: the system coped. `error`: somebody must look. `fatal`: the process ends. */
export type LogLevel = "debug" | "info" | "warn" | "error" | "fatal";

interface EventRule {
  readonly level: LogLevel;
  /** What happened, and what an operator may do about it. */
  readonly doc: string;
}

/** The catalogue: every event that is ever logged, with its level. What is not here does not compile. */
export const EVENTS = {
  "node.started": { level: "info", doc: "all listeners are open" },
  "node.stopping": { level: "info", doc: "an orderly stop has begun; `signal` says why" },
  "node.stopped": { level: "info", doc: "everything is closed, and the process ends" },
  "node.stopTimedOut": {
    level: "error",
    doc: "the stop took longer than stopWithinMs; the process ends all the same",
  },
  "node.failed": { level: "fatal", doc: "an error that nothing handled; the process ends" },
  "data.secretMade": { level: "info", doc: "a key or a token was made and kept in the data directory" },

  "actor.failed": { level: "warn", doc: "a handler threw; the supervisor decides" },
  "actor.restarted": { level: "info", doc: "a failed actor has a new life" },
  "actor.stalled": {
    level: "warn",
    doc: "an actor made no progress in its time, or missed its heartbeat; `note` is its last word",
  },
  "loop.blocked": {
    level: "error",
    doc: "the event loop did not tick; `path` and `kind` say who held it, `stack` says where",
  },
  "loop.killed": {
    level: "error",
    doc: "the process before this one was killed because its loop was blocked; the message is in quarantine",
  },
  "loop.unwatched": {
    level: "error",
    doc: "the watchdog thread has failed: a blocked loop would not be named",
  },
  "message.quarantined": {
    level: "error",
    doc: "a message stalled its actor again and again and was put aside",
  },
  "actor.escalated": { level: "error", doc: "the restart budget is spent, and the supervisor fails in turn" },
  "actor.gaveUp": { level: "error", doc: "a failed actor stays stopped" },
  "actor.afterStopFailed": { level: "warn", doc: "releasing what an actor held has failed" },
  "actor.stopTimedOut": { level: "warn", doc: "an actor did not stop in time and was given up" },

  "listener.opened": { level: "info", doc: "a port is bound" },
  "connection.opened": { level: "debug", doc: "a client has connected" },
  "connection.closed": { level: "debug", doc: "a client is gone; `code` and `reason` say why" },
  "connection.refused": { level: "warn", doc: "a handshake was turned away; `reason` names the limit" },
  "request.failed": {
    level: "error",
    doc: "an HTTP request ended in an error that its route did not expect",
  },

  "push.refused": { level: "warn", doc: "a push without a valid source; `code` says what was wrong" },
  "ops.unauthorized": { level: "warn", doc: "an operator's request without the token" },
} as const satisfies Record<string, EventRule>;

/** The name of an event of the catalogue. */
export type EventName = keyof typeof EVENTS;

/** The events that are logged at one level. */
export type EventAt<Level extends LogLevel> = {
  [Name in EventName]: (typeof EVENTS)[Name]["level"] extends Level ? Name : never;
}[EventName];

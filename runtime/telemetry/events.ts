import { CLUSTER_EVENTS } from "./cluster-events.ts";
import type { EventRule, LogLevel } from "./event-rule.ts";

export type { LogLevel } from "./event-rule.ts";

/** The catalogue: every event that is ever logged, with its level. What is not here does not compile. */
export const EVENTS = {
  ...CLUSTER_EVENTS,
  "node.started": { level: "info", doc: "all listeners are open" },
  "node.stopping": { level: "info", doc: "an orderly stop has begun; `signal` says why" },
  "node.stopped": { level: "info", doc: "everything is closed, and the process ends" },
  "node.stopTimedOut": {
    level: "error",
    doc: "the stop took longer than stopWithinMs; the process ends all the same",
  },
  "node.failed": { level: "fatal", doc: "an error that nothing handled; the process ends" },
  "data.secretMade": { level: "info", doc: "a key or a token was made and kept in the data directory" },

  "worker.started": { level: "info", doc: "the host has started the process of a worker" },
  "worker.serving": { level: "info", doc: "a worker has opened its doors" },
  "worker.ended": { level: "info", doc: "a worker has ended as it was told to" },
  "worker.died": {
    level: "error",
    doc: "a worker has ended otherwise; `cause` and `text` say what its exit status means, `advice` what to do",
  },
  "worker.silent": { level: "error", doc: "a worker gave no sign of life and is killed" },
  "worker.restarting": {
    level: "warn",
    doc: "another worker is started after `delayMs`; `isSlow`: the quick restarts are used up, repair what fails it",
  },
  "worker.worn": {
    level: "info",
    doc: "a worker is replaced because it is worn out; `cause` and `why` say how",
  },
  "worker.rehearsed": {
    level: "debug",
    doc: "a worker has practised the move of connections with some of its own, so that clients wait for no compiler",
  },
  "worker.notRehearsed": {
    level: "warn",
    doc: "a worker could not practise the move of connections; it serves, and is slower for the first of them",
  },
  "remote.notUnderstood": {
    level: "warn",
    doc: "something came from another node that this one cannot read: `why` says what; a message of it is a dead letter",
    paced: { by: "why" },
  },

  "reload.begun": { level: "info", doc: "a fresh worker is started, which will take over" },
  "reload.done": { level: "info", doc: "the fresh worker serves, and the one before it has ended" },
  "reload.refused": {
    level: "error",
    doc: "the worker serves on as before; `why` says what was wrong with the next one",
  },
  "reload.postponed": {
    level: "info",
    doc: "a worker is just being started or replaced; the reload that `signal` asks for comes after it, once for all who ask",
  },
  "reload.noticed": { level: "info", doc: "the code or the settings file has changed; `what` names files" },
  "reload.watchFailed": { level: "error", doc: "changes of the code or the settings file cannot be watched" },
  "restart.begun": {
    level: "info",
    doc: "a fresh worker is started, which will serve once the present one has stopped",
  },
  "restart.done": { level: "info", doc: "the present worker has stopped, and the fresh one serves" },
  "restart.refused": {
    level: "error",
    doc: "the fresh worker cannot serve; `why` says what was wrong with it",
  },
  "control.failed": {
    level: "error",
    doc: "a command to the host broke down on the way; `err` says where",
  },
  "host.unannounced": {
    level: "error",
    doc: "the node serves, but the data directory cannot be written, so commands do not find the worker; tried again each second",
  },
  "host.lost": {
    level: "error",
    doc: "the host of this worker is gone; the worker stops, so that nobody is left over",
  },

  "actor.failed": { level: "warn", doc: "a handler threw; the supervisor decides" },
  "actor.restarted": { level: "info", doc: "a failed actor has a new life" },
  "actor.stalled": {
    level: "warn",
    doc: "an actor made no progress in its time, or missed its heartbeat; `note` is its last word",
  },
  "actor.notHandedOver": {
    level: "error",
    doc: "the state of an actor could not be taken over to the new process; it starts anew there",
  },
  "actor.loadFailed": { level: "error", doc: "what an actor left could not be loaded; it started anew" },
  "actor.heirloomUnfit": {
    level: "warn",
    doc: "what an actor left is of another type or version; its heir started anew",
  },
  "actor.suspensionLifted": {
    level: "warn",
    doc: "an operator had suspended an actor that the new process does not have",
  },
  "node.heirloomsDropped": {
    level: "warn",
    doc: "the state of actors that nobody has started again was dropped",
  },
  "mailbox.aging": {
    level: "warn",
    doc: "mail of this type of actor waits for too long; `path` has the oldest",
  },
  "mailbox.recovered": { level: "info", doc: "mail of this type of actor is handled in time again" },
  "loop.blocked": {
    level: "error",
    doc: "the event loop did not tick; `path`, `kind` and `at` say who held it; `block` is `held` for one call, `storm` for microtasks without end",
  },
  "loop.killed": {
    level: "error",
    doc: "the process before this one was killed because its loop was blocked; the message is in quarantine",
  },
  "loop.blockExpected": {
    level: "info",
    doc: "the event loop is about to stand still knowingly, for `maxMs` at most; `reason` says what for",
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

  "entity.notStored": {
    level: "warn",
    doc: "the journal did not store what an entity decided; `decisions` are void, their questions end with `notStored`, and it loads its state again",
    paced: { by: "why" },
  },
  "entity.fenced": { level: "warn", doc: "another process owns an entity; it has left memory here" },
  "entity.unreadable": {
    level: "error",
    doc: "what is stored of an entity cannot be read; it is not run until somebody repairs it, or the code",
  },
  "entity.snapshotUnfit": {
    level: "warn",
    doc: "a snapshot cannot be read; the entity is replayed from its first record, if that is still there",
  },
  "room.lookFailed": {
    level: "warn",
    doc: "a room could not find out how much of it is stored, or read it; it tries again, and nobody misses anything by it",
  },
  "entity.recordTooLarge": {
    level: "warn",
    doc: "an entity decided more in one step than a record may hold; that decision was refused, and nothing else",
  },
  "journal.troubled": {
    level: "error",
    doc: "the journal stores nothing; `err` says why, such as a full disk. Entities refuse what would be stored, nothing is lost, and they go on when it can",
  },
  "journal.recovered": { level: "info", doc: "the journal stores again" },
  "journal.broken": {
    level: "fatal",
    doc: "the disk did not take what was written to it, so nobody knows what is stored; the process ends, and the next one looks",
  },
  "entity.snapshotFailed": {
    level: "warn",
    doc: "a snapshot could not be stored; the next load of the entity takes longer",
  },
  "entity.notForgotten": {
    level: "warn",
    doc: "what is stored of an entity of the moment could not be removed; the next time that it is idle tries it again",
  },
  "reminders.unreadable": {
    level: "warn",
    doc: "the store of reminders does not answer; it is asked again each second, and whoever has to be woken is woken late",
  },

  "listener.opened": { level: "info", doc: "a port is bound" },
  "connection.opened": { level: "debug", doc: "a client has connected" },
  "connection.closed": { level: "debug", doc: "a client is gone; `code` and `reason` say why" },
  "connection.handedOver": { level: "debug", doc: "a client goes on in another process" },
  "connection.adopted": { level: "debug", doc: "a client has come from another process" },
  "handOver.done": {
    level: "info",
    doc: "another process has taken over: `stateMs` until it served, `connectionsMs` until it had all connections",
  },
  "handOver.connectionUnfit": {
    level: "warn",
    doc: "a client came from the process before for a route that is not here any more; it was sent away to come back",
  },
  "handOver.keepsakeUnfit": {
    level: "warn",
    doc: "what a feature of the process before had kept is of another version, or for nobody, and was left out",
  },
  "connection.refused": {
    level: "warn",
    doc: "a handshake was turned away; `reason` names the limit",
    paced: { by: "reason" },
  },
  "request.failed": {
    level: "error",
    doc: "an HTTP request ended in an error that its route did not expect",
  },

  "transport.inboxLost": {
    level: "warn",
    doc: "Redis has lost the inbox of this node, after a failover or a flush; senders send again what was in it",
  },
  "transport.takenForDead": {
    level: "error",
    doc: "another node has adopted the inbox of this one; it gets no more messages and has to join anew",
  },
  "transport.readFailed": {
    level: "error",
    doc: "what came from other nodes could not be taken in because of a mistake in the program; it is read again",
  },
  "transport.adopted": {
    level: "info",
    doc: "what a dead node had not handled was taken over; `parcels` says how much",
  },
  "transport.adoptionFailed": {
    level: "error",
    doc: "what a dead node has left could not be taken over; it is tried again",
  },
  "transport.quarantined": {
    level: "error",
    doc: "something came from another node and could not be read; `why` says more",
    paced: { by: "why" },
  },
  "transport.receiverFailed": {
    level: "error",
    doc: "a message of another node ended in an error where it was taken in; it counts as handled",
  },
  "transport.unhandled": {
    level: "error",
    doc: "messages of another node were not handled within a minute; they count as handled now",
  },

  "access.notWritten": {
    level: "error",
    doc: "what the gateway has answered cannot be written down; it serves on, and these answers are not counted",
  },
  "logs.gap": {
    level: "error",
    doc: "records of a log were gone before they were read; `lost` says how many, where anybody can know",
  },
  "logs.groupLost": {
    level: "warn",
    doc: "this node has no lease in the consumer group of a log any more, and reads nothing of it until it is taken in again; `why` says what has happened",
  },
  "logs.groupMade": {
    level: "warn",
    doc: "there was no consumer group of this name, and it was made",
  },
  "logs.handedOver": {
    level: "info",
    doc: "another consumer of the group has read a part of a log that was not counted here; it is not lost, and not counted",
  },
  "logs.notCommitted": {
    level: "warn",
    doc: "the consumer group could not be told up to where a part of a log is counted, which was given back, or is to be shared out by a group that was made again: who has it next reads something again",
  },
  "logs.quarantined": {
    level: "error",
    doc: "a part of a log cannot be counted and was put aside; it stands right behind the cursor `after`",
    paced: { by: "partition" },
  },
  "logs.readFailed": {
    level: "warn",
    doc: "a part of a log could not be read; it is tried again, and only each twentieth failure in a row is logged",
  },
  "logs.unlisted": {
    level: "error",
    doc: "it cannot be found out which parts a log has; it is tried again each second",
  },
  "logs.unreadable": {
    level: "error",
    doc: "a part of a log cannot be read until somebody repairs something; `why` says what",
  },
  "monitoring.bookFull": {
    level: "error",
    doc: "a partition is counted, but is in no answer: there is no room for it in the book of partitions",
  },

  "delivery.made": { level: "debug", doc: "a receiver outside has taken a delivery" },
  "delivery.failed": {
    level: "warn",
    doc: "a receiver outside did not take a delivery; it is tried again, and only the first failure is logged",
  },
  "delivery.rejected": {
    level: "error",
    doc: "a receiver outside does not want a delivery; `answer` says why",
  },
  "delivery.gaveUp": { level: "error", doc: "a delivery was tried for too long and is given up" },
  "delivery.refused": {
    level: "warn",
    doc: "too many deliveries wait for a receiver, and one more was refused",
  },
  "alarm.raised": { level: "warn", doc: "an alarm has begun; `key` names it" },
  "alarm.escalated": { level: "error", doc: "nobody has acknowledged an alarm, and more people are told" },
  "alarm.recovered": { level: "info", doc: "an alarm has ended; `end` says how" },
  "alarm.acknowledged": { level: "info", doc: "an operator looks after an alarm" },
  "alarm.untold": { level: "error", doc: "a channel did not take an alarm; `why` says what was wrong" },

  "alert.held": {
    level: "error",
    doc: "alert rules have judged nothing since `since`, because what they need is not counted yet, or cannot be asked for: `why` says what",
  },
  "alert.wentOn": { level: "info", doc: "alert rules judge what is counted again" },

  "monitor.started": { level: "info", doc: "the monitor looks at `targets` from outside of the service" },
  "monitor.portDown": { level: "warn", doc: "a port did not answer again and again; an alarm is raised" },
  "monitor.portUp": { level: "info", doc: "a port that was down answers again" },

  "push.refused": {
    level: "warn",
    doc: "a push, or a message of a service, without a valid source; `code` says what was wrong",
    paced: { by: "code" },
  },
  "audit.failed": {
    level: "error",
    doc: "the audit cannot be written; operators' acts are refused until it can",
  },
  "operator.acted": {
    level: "info",
    doc: "an operator had actors do `act`; `reached` of those that `target` means did, and the audit says who it was",
  },
  "ops.unauthorized": {
    level: "warn",
    doc: "an operator's request without the token",
    paced: { by: "address" },
  },
} as const satisfies Record<string, EventRule>;

/** The name of an event of the catalogue. */
export type EventName = keyof typeof EVENTS;

/** The events that are logged at one level. */
export type EventAt<Level extends LogLevel> = {
  [Name in EventName]: (typeof EVENTS)[Name]["level"] extends Level ? Name : never;
}[EventName];

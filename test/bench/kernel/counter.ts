import { local } from "../../../protocols/reference.ts";
import Type from "typebox";
import { defineProtocol } from "../../../protocols/protocol.ts";
import { defineActor } from "../../../runtime/actor/define-actor.ts";

export const CounterProtocol = defineProtocol({
  name: "counter",
  version: 1,
  tell: {
    add: {},
    /** Calls back with the count when all mail before it is handled. */
    mark: { done: local<(count: number) => void>() },
  },
  ask: { get: { request: {}, reply: { is: { count: Type.Integer() } } } },
});

export interface CounterState {
  count: number;
}

/** Counts what it is told: the least that an actor can do. */
export const Counter = defineActor({
  protocol: CounterProtocol,
  initialState: (): CounterState => ({ count: 0 }),
  handlers: {
    add(state) {
      state.count++;
    },
    mark(state, { done }) {
      done(state.count);
    },
    get(state, _message, context) {
      context.reply({ kind: "is", count: state.count });
    },
  },
});

/** Mistakes in an entity that must not compile: tsc fails when one of the expected errors is missing. */
import Type from "typebox";
import { defineEvents } from "../../protocols/events.ts";
import { defineEntity } from "../../runtime/actor/define-entity.ts";
import type { Decide } from "../../runtime/actor/define-entity.ts";
import type { EntityHost } from "../../runtime/sharding/entity-host.ts";
import { GreeterProtocol } from "./greeter.ts";

const GreeterEvents = defineEvents({
  name: "greeter",
  version: 1,
  events: { greeted: { name: Type.String() }, waved: {} },
});
type GreeterEvents = typeof GreeterEvents;

interface State {
  greetings: number;
}

const initialState = (): State => ({ greetings: 0 });

const evolve = {
  greeted: (state: State) => void state.greetings++,
  waved: () => {},
};

const decide: Decide<GreeterProtocol, GreeterEvents, State, void> = {
  wave: () => ({ events: [{ kind: "waved" }] }),
  greet: (_state, { name }) => ({
    events: [{ kind: "greeted", name }],
    reply: { kind: "greeted", text: `Hello ${name}` },
    after: (state, context) =>
      context.startTimer("rest", state.greetings, { kind: "rested", afterMs: context.nowMs() }),
  }),
  count: ({ greetings }) => ({ reply: { kind: "counted", greetings } }),
  rested: () => {},
};

/** Right, and the pattern for what follows. */
export const Greeter = defineEntity({
  protocol: GreeterProtocol,
  events: GreeterEvents,
  initialState,
  decide,
  evolve,
});

/** The other ways to answer. */
export const Answering = defineEntity({
  protocol: GreeterProtocol,
  events: GreeterEvents,
  initialState,
  evolve,
  decide: {
    ...decide,
    greet: () => ({
      after: (state, context) => context.reply({ kind: "greeted", text: String(state.greetings) }),
    }),
    count: () => ({ reply: ({ greetings }) => ({ kind: "counted", greetings }) }),
  },
});

export const withoutDecide = defineEntity({
  protocol: GreeterProtocol,
  events: GreeterEvents,
  initialState,
  evolve,
  // @ts-expect-error nobody decides about "rested"
  decide: { wave: decide.wave, greet: decide.greet, count: decide.count },
});

export const withoutEvolve = defineEntity({
  protocol: GreeterProtocol,
  events: GreeterEvents,
  initialState,
  decide,
  // @ts-expect-error nobody folds "waved"
  evolve: { greeted: evolve.greeted },
});

export const withWrongDecisions: Decide<GreeterProtocol, GreeterEvents, State, void> = {
  // @ts-expect-error an event that nobody has declared
  wave: () => ({ events: [{ kind: "waived" }] }),
  // @ts-expect-error a question that nobody answers
  greet: (_state, { name }) => ({ events: [{ kind: "greeted", name }] }),
  // @ts-expect-error a wrong reply: that answers another question
  count: () => ({ reply: { kind: "greeted", text: "Hello" } }),
  // @ts-expect-error a reply to a message of one's own
  rested: () => ({ reply: { kind: "counted", greetings: 1 } }),
};

export const withMoreWrongDecisions: Decide<GreeterProtocol, GreeterEvents, State, void> = {
  // @ts-expect-error a decision takes no time: it may not wait for anything
  wave: async () => ({ events: [{ kind: "waved" }] }),
  greet: (_state, { name }) => ({
    // @ts-expect-error an event without its field
    events: [{ kind: "greeted" }],
    reply: { kind: "greeted", text: name },
  }),
  count: decide.count,
  rested: (_state, _message, context) => {
    // @ts-expect-error to decide is not to act
    context.tell(context.self, { kind: "wave", to: "all" });
  },
};

export const withWrongEffects: Decide<GreeterProtocol, GreeterEvents, State, void> = {
  ...decide,
  wave: () => ({
    after: (_state, context) => {
      // @ts-expect-error a misspelt timer message
      context.startTimer("rest", 100, { kind: "restd", afterMs: 100 });
      // @ts-expect-error a reply to a tell: nobody waits for it
      context.reply({ kind: "greeted", text: "Hello" });
    },
  }),
  greet: () => ({
    after: (_state, context) => {
      // @ts-expect-error a wrong reply: that answers another question
      context.reply({ kind: "counted", greetings: 1 });
    },
  }),
};

/** Arguments are given where a type is offered. */
export function offering(host: EntityHost): void {
  host.offer(Greeter);
  // @ts-expect-error the greeter takes no arguments
  host.offer(Greeter, 1);
  const limited = defineEntity({
    protocol: GreeterProtocol,
    events: GreeterEvents,
    initialState: (_id: string, args: { readonly first: number }): State => ({ greetings: args.first }),
    decide: {
      wave: () => {},
      greet: (_state, { name }) => ({ reply: { kind: "greeted", text: name } }),
      count: (_state, _message, { args }) => ({ reply: { kind: "counted", greetings: args.first } }),
      rested: () => {},
    },
    evolve,
  });
  host.offer(limited, { first: 1 });
  // @ts-expect-error its arguments are missing
  host.offer(limited);
}

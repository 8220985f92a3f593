/** Mistakes in an actor that must not compile: tsc fails when one of the expected errors is missing. */
import { defineActor } from "../../runtime/actor/define-actor.ts";
import { GreeterProtocol } from "./greeter.ts";

const initialState = () => ({ greetings: 0 });

/** Right, and the pattern for what follows. */
export const Greeter = defineActor({
  protocol: GreeterProtocol,
  initialState,
  handlers: {
    wave(state, { to }, context) {
      context.log.debug("connection.opened", { to: to.length });
      return { greetings: state.greetings + 1 };
    },
    greet(state, { name }, context) {
      state.greetings++;
      context.startTimer("rest", 100, { kind: "rested", afterMs: 100 });
      context.reply({ kind: "greeted", text: `Hello ${name}` });
    },
    async count(state, _message, context) {
      await Promise.resolve();
      context.reply({ kind: "counted", greetings: state.greetings });
    },
    rested: () => {},
  },
});

export const withoutHandler = defineActor({
  protocol: GreeterProtocol,
  initialState,
  // @ts-expect-error a handler is missing: nobody handles "rested"
  handlers: { wave: () => {}, greet: () => {}, count: () => {} },
});

export const withWrongReplies = defineActor({
  protocol: GreeterProtocol,
  initialState,
  handlers: {
    wave: () => {},
    greet(_state, { name }, context) {
      // @ts-expect-error a wrong reply: that answers another question
      context.reply({ kind: "counted", greetings: 1 });
      // @ts-expect-error a wrong reply: the field has another type
      context.reply({ kind: "greeted", text: name.length });
      // @ts-expect-error a wrong reply: the reason is not one of those agreed on
      context.reply({ kind: "refused", reason: "tired" });
      // @ts-expect-error a wrong reply, later
      context.replyLater().reply({ kind: "counted", greetings: 1 });
    },
    count: () => {},
    rested: () => {},
  },
});

export const withReplyToTell = defineActor({
  protocol: GreeterProtocol,
  initialState,
  handlers: {
    wave(_state, _message, context) {
      // @ts-expect-error a reply to a tell: nobody waits for it
      context.reply({ kind: "greeted", text: "Hello" });
    },
    greet: () => {},
    count: () => {},
    rested(_state, _message, context) {
      // @ts-expect-error a reply to a message of one's own
      context.reply({ kind: "counted", greetings: 1 });
    },
  },
});

export const withMisspeltTimers = defineActor({
  protocol: GreeterProtocol,
  initialState,
  handlers: {
    wave(_state, _message, context) {
      // @ts-expect-error a misspelt timer message
      context.startTimer("rest", 100, { kind: "restd", afterMs: 100 });
      // @ts-expect-error a timer message without its field
      context.startTimer("rest", 100, { kind: "rested" });
      // @ts-expect-error a question cannot be a timer message: nobody would get the answer
      context.startTimer("rest", 100, { kind: "count" });
      // @ts-expect-error the same for what is piped
      context.pipeToSelf(Promise.resolve(1), () => ({ kind: "restd", afterMs: 100 }));
      // @ts-expect-error the same for what a watch says
      context.watch(context.self, { kind: "restd", afterMs: 100 });
    },
    greet: () => {},
    count: () => {},
    rested: () => {},
  },
});

export const withWrongState = defineActor({
  protocol: GreeterProtocol,
  initialState,
  handlers: {
    // @ts-expect-error the next state is not of the state's type
    wave: () => ({ greetings: "many" }),
    // @ts-expect-error a field that the message does not have
    greet: (_state, { surname }) => void surname,
    count: () => {},
    rested: () => {},
  },
});

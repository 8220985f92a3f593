import Type from "typebox";
import { defineEvents } from "../../protocols/events.ts";
import { defineProtocol } from "../../protocols/protocol.ts";
import type { Protocol } from "../../protocols/protocol.ts";
import { reference } from "../../protocols/reference.ts";
import type { Reference } from "../../protocols/reference.ts";
import { RegistryWatcherProtocol } from "../../protocols/registry-key.ts";
import { defineEntity } from "../../runtime/actor/define-entity.ts";

/** Hears what an entity has to say to somebody. */
export const ListenerOfRegister = defineProtocol({
  name: "register-listener",
  version: 1,
  tell: { heard: { text: Type.String() } },
  ask: { what: { request: {}, reply: { heard: { texts: Type.Array(Type.String()) } } } },
});

/** What may be said to a register. */
export const RegisterProtocol = defineProtocol({
  name: "register",
  version: 1,
  tell: {
    note: { from: Type.String(), seq: Type.Integer() },
    /** Says so to somebody, once it is stored. */
    tellOf: { from: Type.String(), seq: Type.Integer(), to: reference<typeof ListenerOfRegister>() },
    /** Stays in memory for so long. */
    stay: { ms: Type.Number() },
  },
  ask: {
    enter: {
      request: { from: Type.String(), seq: Type.Integer() },
      reply: { entered: { count: Type.Integer() } },
    },
    read: { request: {}, reply: { notes: { notes: Type.Array(Type.String()) } } },
    /** Never answered. */
    hang: { request: {}, reply: { never: {} } },
    /** Asks this one, and answers with what it says. */
    askOn: {
      request: { of: reference<typeof ListenerOfRegister>() },
      reply: { said: { text: Type.String() } },
    },
  },
  self: { stayed: {}, said: { text: Type.String() } },
});
export type RegisterProtocol = typeof RegisterProtocol;
export type RegisterRef = Reference<RegisterProtocol>;

/** What may happen to a register. */
export const RegisterEvents = defineEvents({
  name: "register",
  version: 1,
  events: { noted: { from: Type.String(), seq: Type.Integer() } },
});

interface RegisterState {
  notes: string[];
  readonly waiting: { reply(reply: { readonly kind: "said"; readonly text: string }): void }[];
}

/** An entity that notes who said what: each note is `from:seq`. */
export const Register = defineEntity({
  protocol: RegisterProtocol,
  events: RegisterEvents,
  initialState: (): RegisterState => ({ notes: [], waiting: [] }),
  decide: {
    note: (_state, { from, seq }) => ({ events: [{ kind: "noted", from, seq }] }),
    tellOf: (_state, { from, seq, to }) => ({
      events: [{ kind: "noted", from, seq }],
      after: (_now, context) => context.tell(to, { kind: "heard", text: `${from}:${seq}` }),
    }),
    stay: (_state, { ms }) => ({
      after: (_now, context) => context.startTimer("stay", ms, { kind: "stayed" }),
    }),
    enter: (_state, { from, seq }) => ({
      events: [{ kind: "noted", from, seq }],
      reply: ({ notes }) => ({ kind: "entered", count: notes.length }),
    }),
    read: () => ({ reply: ({ notes }) => ({ kind: "notes", notes: [...notes] }) }),
    hang: () => ({ after: (_state, context) => void context.replyLater() }),
    askOn: (state, { of }) => ({
      after: (_now, context) => {
        state.waiting.push(context.replyLater());
        context.ask(of, { kind: "what" }, (outcome) => ({
          kind: "said",
          text: outcome.ok ? outcome.value.texts.join() : ((outcome.error as { code?: string }).code ?? "?"),
        }));
      },
    }),
    stayed: () => {},
    said: (state, { text }) => ({
      after: () => {
        for (const later of state.waiting.splice(0)) later.reply({ kind: "said", text });
      },
    }),
  },
  evolve: { noted: (state, { from, seq }) => void state.notes.push(`${from}:${seq}`) },
  snapshot: {
    version: 1,
    dump: ({ notes }) => notes,
    load: (data): RegisterState => ({ notes: [...(data as string[])], waiting: [] }),
    everyRecords: 7,
    keepHistory: true,
  },
  durability: "memory",
  passivateAfterMs: 2_000,
  describe: ({ notes }) => ({ notes: notes.length }),
});

/** What is said in a round of questions. */
export const AskerProtocol = defineProtocol({
  name: "asker",
  version: 1,
  ask: {
    /** Asks `by` to ask `back`, and waits. */
    round: {
      request: { by: reference<Protocol>(), back: reference<Protocol>() },
      reply: { ended: { code: Type.String() } },
    },
    askBack: { request: { back: reference<Protocol>() }, reply: { ended: { code: Type.String() } } },
    poke: { request: {}, reply: { ended: { code: Type.String() } } },
  },
});
/** Any protocol that a test of several nodes speaks. */
export const CLUSTER_PROTOCOLS: readonly Protocol[] = [
  RegisterProtocol,
  ListenerOfRegister,
  AskerProtocol,
  RegistryWatcherProtocol,
];

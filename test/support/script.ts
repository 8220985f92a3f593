import Type from "typebox";
import type { TString, TUnsafe } from "typebox";
import { defineProtocol } from "../../protocols/protocol.ts";
import type { Protocol, Reply } from "../../protocols/protocol.ts";
import { local } from "../../protocols/reference.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { AskContext, Context, Outcome } from "../../runtime/actor/context.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";
import type { ActorDefinition, ActorParts } from "../../runtime/actor/define-actor.ts";

/** The state of a scripted actor: what it has noted since its present life began. */
export interface ScriptState {
  notes: string[];
}

/** What a scripted actor does in one turn. */
export type Work = (
  context: Context<ScriptProtocol>,
  state: ScriptState,
) => void | ScriptState | Promise<void | ScriptState>;
/** What a scripted actor does to answer a question. */
export type Answer = (
  context: AskContext<ScriptProtocol, "question">,
  state: ScriptState,
) => void | Promise<void>;

/** Spoken by scripted actors: a message brings along what is to be done. */
export interface ScriptProtocol extends Protocol {
  readonly name: "script";
  readonly tell: {
    readonly work: { readonly run: TUnsafe<Work> };
    readonly note: { readonly text: TString };
  };
  readonly ask: {
    readonly question: {
      readonly request: { readonly run: TUnsafe<Answer> };
      readonly reply: { readonly answer: { readonly value: TUnsafe<unknown> } };
    };
  };
  readonly self: {
    readonly own: { readonly text: TString };
    readonly settled: { readonly outcome: TUnsafe<Outcome<unknown>> };
  };
}

export type ScriptRef = Reference<ScriptProtocol>;
export type ScriptContext = Context<ScriptProtocol>;
export type ScriptParts = Partial<
  Omit<ActorParts<ScriptProtocol, ScriptState, void>, "protocol" | "handlers">
>;

const PROTOCOL: ScriptProtocol = defineProtocol({
  name: "script",
  version: 1,
  tell: { work: { run: local<Work>() }, note: { text: Type.String() } },
  ask: { question: { request: { run: local<Answer>() }, reply: { answer: { value: local<unknown>() } } } },
  self: { own: { text: Type.String() }, settled: { outcome: local<Outcome<unknown>>() } },
});

/** An actor that does what its messages say, and shows its notes in the tree. */
export function script(parts: ScriptParts = {}): ActorDefinition<ScriptProtocol> {
  return defineActor<ScriptProtocol, ScriptState>({
    protocol: PROTOCOL,
    initialState: newNotes,
    describe: ({ notes }) => ({ notes: [...notes] }),
    handlers: {
      work: (state, { run }, context) => run(context, state),
      question: (state, { run }, context) => run(context, state),
      note: (state, { text }) => void state.notes.push(text),
      own: (state, { text }) => void state.notes.push(text),
      settled: (state, { outcome }) => void state.notes.push(describeOutcome(outcome)),
    },
    ...parts,
  });
}

/** The state of a scripted actor's new life. */
export const newNotes = (): ScriptState => ({ notes: [] });

/** A message that has its receiver do something. */
export const work = (run: Work) => ({ kind: "work", run }) as const;
/** A message that its receiver notes. */
export const note = (text: string) => ({ kind: "note", text }) as const;
/** What an actor says to itself; it notes it. */
export const own = (text: string) => ({ kind: "own", text }) as const;
/** A question; `run` is to answer it. */
export const question = (run: Answer) => ({ kind: "question", run }) as const;
/** An answer. */
export const answer = (value: unknown = "yes") => ({ kind: "answer", value }) as const;

/** A piece of work that throws. */
export const crash = work(() => {
  throw new Error("crash");
});

/** Notes how a promise ended: `ok`, or the fault's code. */
export const settled = (outcome: Outcome<unknown>) => ({ kind: "settled", outcome }) as const;

function describeOutcome(outcome: Outcome<unknown>): string {
  if (outcome.ok) return `ok ${String((outcome.value as Reply<ScriptProtocol, "question">).value)}`;
  return "code" in outcome.error ? String(outcome.error.code) : outcome.error.message;
}

/** A piece of work that starts children, each from its own parts. */
export const spawns = (children: Readonly<Record<string, ScriptParts>>) =>
  work((context) => {
    for (const [name, parts] of Object.entries(children)) context.spawn(script(parts), name);
  });

/** A promise that is settled by hand. */
export interface Gate {
  readonly opened: Promise<void>;
  readonly open: () => void;
}

/** A gate at which async work waits until the test opens it. */
export function gate(): Gate {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

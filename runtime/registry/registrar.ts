import { RegistrarProtocol } from "../../protocols/registry-key.ts";
import type {
  RegisterOutcome,
  RegistryKeyProtocol,
  RegistryWatcherProtocol,
} from "../../protocols/registry-key.ts";
import type { Reply } from "../../protocols/protocol.ts";
import type { AnyReference, Reference } from "../../protocols/reference.ts";
import type { Context, Outcome } from "../actor/context.ts";
import { defineActor } from "../actor/define-actor.ts";
import { Fault } from "../fault.ts";
import { isPlace } from "./registry-key.ts";

/** Keys under which one node may register something, or watch. */
export const KEYS_MAX = 10_000;
/** How soon everything is said again to a place that has ended, in milliseconds. */
const AGAIN_AFTER_MS = 200;
/** How often everything is said again to all places, in milliseconds: what got lost is mended. With many keys less often, 100 keys a second at most. */
const REFRESH_EVERY_MS = { least: 5_000, forEachKey: 10 };

/** What a registrar is started with. */
export interface RegistrarArgs {
  /** The place of a key, wherever it is. */
  readonly placeOf: (key: string) => Reference<RegistryKeyProtocol>;
}

interface Own {
  readonly members: Map<string, AnyReference>;
  readonly watchers: Map<string, Reference<RegistryWatcherProtocol>>;
}

interface RegistrarState extends RegistrarArgs {
  readonly keys: Map<string, Own>;
  /** Under which keys somebody is registered or watches, by address: there is one watch of each. */
  readonly held: Map<string, Set<string>>;
}

/** Keeps what this node has registered, and enters it at the place of each key: again whenever that place has begun anew. */
export const Registrar = defineActor({
  protocol: RegistrarProtocol,
  essential: true,
  initialState({ placeOf }: RegistrarArgs, context): RegistrarState {
    context.startTimer("refresh", REFRESH_EVERY_MS.least, { kind: "refresh" });
    return { placeOf, keys: new Map(), held: new Map() };
  },
  handlers: {
    register(state, { key, member }, context) {
      const own = ownOf(state, key);
      if (own === undefined) return context.reply(TOO_MANY_KEYS);
      if (!isPlace(member)) hold(state, key, member, context);
      own.members.set(member.address, member);
      watchPlace(state, key, context);
      const answer = context.replyLater();
      const entered = context.ask(state.placeOf(key), { kind: "enter", member });
      context.pipeToSelf(entered, (outcome) => {
        return { kind: "entered", key, member, answer, outcome: outcomeOf(outcome) };
      });
    },
    entered(state, { key, member, outcome, answer }, context) {
      answer.reply(outcome);
      if (outcome.kind !== "refused") return;
      state.keys.get(key)?.members.delete(member.address);
      letGo(state, key, member, context);
      forgetEmpty(state, key, context);
    },
    unregister: (state, { key, member }, context) => leave(state, key, member, context),
    watch(state, { key, watcher }, context) {
      const own = ownOf(state, key);
      if (own === undefined) return;
      hold(state, key, watcher, context);
      own.watchers.set(watcher.address, watcher);
      watchPlace(state, key, context);
      context.tell(state.placeOf(key), { kind: "watch", watcher });
    },
    unwatch(state, { key, watcher }, context) {
      state.keys.get(key)?.watchers.delete(watcher.address);
      letGo(state, key, watcher, context);
      context.tell(state.placeOf(key), { kind: "unwatch", watcher });
      forgetEmpty(state, key, context);
    },
    stopped(state, { who }, context) {
      for (const key of state.held.get(who.address) ?? []) {
        state.keys.get(key)?.watchers.delete(who.address);
        // An entity that has left memory is still at its place.
        if (!isPlace(who)) leave(state, key, who, context);
        forgetEmpty(state, key, context);
      }
      state.held.delete(who.address);
    },
    keyEnded: (_state, { key }, context) =>
      context.startTimer(`refresh ${key}`, AGAIN_AFTER_MS, { kind: "refreshKey", key }),
    refreshKey: (state, { key }, context) => sayAgain(state, key, context),
    refresh(state, _message, context) {
      for (const key of state.keys.keys()) sayAgain(state, key, context);
      const { least, forEachKey } = REFRESH_EVERY_MS;
      context.startTimer("refresh", Math.max(least, state.keys.size * forEachKey), { kind: "refresh" });
    },
    keys({ keys }, _message, context) {
      const all = Array.from(keys, ([key, { members }]) => ({ key, members: [...members.keys()] }));
      context.reply({ kind: "keys", keys: all });
    },
  },
  describe: ({ keys }) => ({ keys: keys.size }),
});

type RegistrarContext = Context<RegistrarProtocol>;

const TOO_MANY_KEYS: RegisterOutcome = {
  kind: "refused",
  code: "tooManyKeys",
  text: `a node may register something under ${KEYS_MAX} keys`,
};

function ownOf({ keys }: RegistrarState, key: string): Own | undefined {
  let own = keys.get(key);
  if (own === undefined && keys.size < KEYS_MAX) {
    own = { members: new Map(), watchers: new Map() };
    keys.set(key, own);
  }
  return own;
}

/** A place that cannot be asked now is told again and again. */
function outcomeOf(entered: Outcome<Reply<RegistryKeyProtocol, "enter">>): RegisterOutcome {
  if (entered.ok) return entered.value.kind === "entered" ? { kind: "registered" } : entered.value;
  return { kind: "later", code: entered.error instanceof Fault ? entered.error.code : "actorFailed" };
}

/** Is told when somebody stops who is registered or watches. */
function hold({ held }: RegistrarState, key: string, who: AnyReference, context: RegistrarContext): void {
  const keys = held.get(who.address);
  if (keys !== undefined) return void keys.add(key);
  held.set(who.address, new Set([key]));
  context.watch(who, { kind: "stopped", who });
}

/** Under a key somebody may be registered, watch, or both. */
function letGo(state: RegistrarState, key: string, who: AnyReference, context: RegistrarContext): void {
  const { members, watchers } = state.keys.get(key) ?? {};
  const keys = state.held.get(who.address);
  if (keys === undefined || members?.has(who.address) === true || watchers?.has(who.address) === true) return;
  keys.delete(key);
  if (keys.size > 0) return;
  state.held.delete(who.address);
  context.unwatch(who);
}

function leave(state: RegistrarState, key: string, member: AnyReference, context: RegistrarContext): void {
  if (state.keys.get(key)?.members.delete(member.address) !== true) return;
  letGo(state, key, member, context);
  context.tell(state.placeOf(key), { kind: "leave", member });
  forgetEmpty(state, key, context);
}

function forgetEmpty(state: RegistrarState, key: string, context: RegistrarContext): void {
  const own = state.keys.get(key);
  if (own === undefined || own.members.size + own.watchers.size > 0) return;
  context.unwatch(state.placeOf(key));
  context.stopTimer(`refresh ${key}`);
  state.keys.delete(key);
}

function sayAgain(state: RegistrarState, key: string, context: RegistrarContext): void {
  const own = state.keys.get(key);
  if (own === undefined) return;
  const place = state.placeOf(key);
  watchPlace(state, key, context);
  for (const member of own.members.values()) {
    // Whoever hears it no more is refused by nobody: the place knows its bounds.
    context.ask(place, { kind: "enter", member }).catch(() => undefined);
  }
  for (const watcher of own.watchers.values()) context.tell(place, { kind: "watch", watcher });
}

/** Its end is told, also when it goes to another node. Before anything is entered there: what only an earlier life of it had heard would not be missed. */
function watchPlace({ placeOf }: RegistrarState, key: string, context: RegistrarContext): void {
  context.tell(placeOf(key), { kind: "knock" });
  context.watch(placeOf(key), { kind: "keyEnded", key });
}

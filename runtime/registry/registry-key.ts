import { RegistryKeyProtocol } from "../../protocols/registry-key.ts";
import type { RegistryWatcherProtocol } from "../../protocols/registry-key.ts";
import type { AnyReference, Reference } from "../../protocols/reference.ts";
import type { Context } from "../actor/context.ts";
import { defineActor } from "../actor/define-actor.ts";
import { parseEntityText } from "../persistence/entity-address.ts";

/** The type of the places of keys in addresses: `entity:registry/<key>`. */
export const REGISTRY_TYPE = "registry";
/** How many may be registered under one key, and how many may watch it. */
export const MEMBERS_MAX = 1_000;
export const WATCHERS_MAX = 1_000;
/** How long the place of a key under which nobody is stays in memory, in milliseconds. */
const IDLE_MS = 10_000;

interface KeyState {
  readonly key: string;
  readonly members: Map<string, AnyReference>;
  readonly watchers: Map<string, Reference<RegistryWatcherProtocol>>;
}

type KeyContext = Context<RegistryKeyProtocol>;

/**
 * All that is registered under one key, for the whole cluster. It is in memory alone: when its node is lost the nodes of those who are registered enter them again at its
 * next place. Whoever stops, or whose node ends, is no member any more.
 */
export const RegistryKey = defineActor({
  protocol: RegistryKeyProtocol,
  type: REGISTRY_TYPE,
  initialState(_args: void, context: KeyContext): KeyState {
    context.startTimer("idle", IDLE_MS, { kind: "idle" });
    return { key: keyOf(context), members: new Map(), watchers: new Map() };
  },
  handlers: {
    enter(state, { member }, context) {
      const { members } = state;
      const isNew = !members.has(member.address);
      if (isNew && members.size >= MEMBERS_MAX) {
        const text = `no more than ${MEMBERS_MAX} may be registered under one key`;
        return context.reply({ kind: "refused", code: "tooManyMembers", text });
      }
      members.set(member.address, member);
      context.stopTimer("idle");
      if (isNew && !isPlace(member)) context.watch(member, { kind: "stopped", who: member });
      context.reply({ kind: "entered", members: members.size });
      if (isNew) tellWatchers(state, context);
    },
    knock: lookIdle,
    leave(state, { member }, context) {
      forget(state, member, context);
      letGo(state, member, context);
    },
    list({ members }, _message, context) {
      context.reply({ kind: "members", members: [...members.values()] });
    },
    watch(state, { watcher }, context) {
      const { watchers, key, members } = state;
      if (!watchers.has(watcher.address) && watchers.size >= WATCHERS_MAX) return;
      if (!watchers.has(watcher.address)) context.watch(watcher, { kind: "stopped", who: watcher });
      watchers.set(watcher.address, watcher);
      context.stopTimer("idle");
      context.tell(watcher, { kind: "registryChanged", key, members: [...members.values()] });
    },
    unwatch(state, { watcher }, context) {
      state.watchers.delete(watcher.address);
      letGo(state, watcher, context);
      lookIdle(state, undefined, context);
    },
    stopped(state, { who }, context) {
      state.watchers.delete(who.address);
      // An entity that has left memory is still at its place.
      if (!isPlace(who)) forget(state, who, context);
      lookIdle(state, undefined, context);
    },
    idle: (_state, _message, context) => context.stopSelf(),
  },
  describe: ({ members, watchers }) => ({ members: [...members.keys()], watchers: watchers.size }),
});

/** Whoever is registered may watch as well, and there is one watch of each. */
function letGo({ members, watchers }: KeyState, who: AnyReference, context: KeyContext): void {
  if (!members.has(who.address) && !watchers.has(who.address)) context.unwatch(who);
}

function forget(state: KeyState, { address }: AnyReference, context: KeyContext): void {
  if (!state.members.delete(address)) return;
  tellWatchers(state, context);
  lookIdle(state, undefined, context);
}

function tellWatchers({ key, members, watchers }: KeyState, context: KeyContext): void {
  for (const watcher of watchers.values()) {
    context.tell(watcher, { kind: "registryChanged", key, members: [...members.values()] });
  }
}

function lookIdle({ members, watchers }: KeyState, _message: unknown, context: KeyContext): void {
  if (members.size === 0 && watchers.size === 0) context.startTimer("idle", IDLE_MS, { kind: "idle" });
}

/** A place stays where it is, also while nobody is in memory there. */
export function isPlace({ address }: AnyReference): boolean {
  return parseEntityText(address) !== undefined;
}

/** It stands at the place of its key. */
function keyOf({ self }: KeyContext): string {
  return parseEntityText(self.address)?.id ?? "";
}

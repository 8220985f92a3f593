import Type from "typebox";
import { defineProtocol } from "./protocol.ts";
import { anyReference, local, reference } from "./reference.ts";

const Key = Type.String({ minLength: 1, maxLength: 200 });

/** What whoever watches a key of the registry is told. */
export const RegistryWatcherProtocol = defineProtocol({
  name: "registryWatcher",
  version: 1,
  tell: {
    /** These are registered under the key now; told at first, and after each change. */
    registryChanged: { key: Key, members: Type.Array(anyReference()) },
  },
});
export type RegistryWatcherProtocol = typeof RegistryWatcherProtocol;

/** What may be said to the place where all that is registered under one key is known: one for the whole cluster. */
export const RegistryKeyProtocol = defineProtocol({
  name: "registryKey",
  version: 1,
  tell: {
    /** Brings the place into memory, so that it can be watched. */
    knock: {},
    leave: { member: anyReference() },
    watch: { watcher: reference<RegistryWatcherProtocol>() },
    unwatch: { watcher: reference<RegistryWatcherProtocol>() },
  },
  ask: {
    enter: {
      request: { member: anyReference() },
      reply: {
        entered: { members: Type.Integer() },
        refused: { code: Type.Literal("tooManyMembers"), text: Type.String() },
      },
    },
    list: { request: {}, reply: { members: { members: Type.Array(anyReference()) } } },
  },
  self: {
    /** Whoever is registered or watches, or both, has stopped. */
    stopped: { who: anyReference() },
    /** Nobody has been here for a while. */
    idle: {},
  },
});
export type RegistryKeyProtocol = typeof RegistryKeyProtocol;

/** What became of the wish to be registered. */
export type RegisterOutcome =
  | { readonly kind: "registered" }
  | { readonly kind: "later"; readonly code: string }
  | {
      readonly kind: "refused";
      readonly code: "tooManyMembers" | "tooManyKeys";
      readonly text: string;
    };

/** What may be said to the actor that keeps what this node has registered. */
export const RegistrarProtocol = defineProtocol({
  name: "registrar",
  version: 1,
  tell: {
    unregister: { key: Key, member: anyReference() },
    watch: { key: Key, watcher: reference<RegistryWatcherProtocol>() },
    unwatch: { key: Key, watcher: reference<RegistryWatcherProtocol>() },
  },
  ask: {
    register: {
      request: { key: Key, member: anyReference() },
      reply: {
        registered: {},
        /** The place of the key cannot be reached now: it is entered there as soon as it can be. */
        later: { code: Type.String() },
        refused: { code: Type.Enum(["tooManyMembers", "tooManyKeys"]), text: Type.String() },
      },
    },
    /** What this node has registered, for operators. */
    keys: {
      request: {},
      reply: {
        keys: { keys: Type.Array(Type.Object({ key: Type.String(), members: Type.Array(Type.String()) })) },
      },
    },
  },
  self: {
    /** The place of a key has answered, or not; `answer` waits for that. */
    entered: {
      key: Key,
      member: anyReference(),
      outcome: local<RegisterOutcome>(),
      answer: local<{ reply(outcome: RegisterOutcome): void }>(),
    },
    /** Whoever is registered or watches has stopped, under however many keys that was. */
    stopped: { who: anyReference() },
    /** The place of a key has left memory, and with it all that was known there. */
    keyEnded: { key: Key },
    /** Says everything again. */
    refresh: {},
    refreshKey: { key: Key },
  },
});
export type RegistrarProtocol = typeof RegistrarProtocol;

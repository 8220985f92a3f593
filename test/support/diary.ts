import Type from "typebox";
import { defineEvents } from "../../protocols/events.ts";
import { defineProtocol } from "../../protocols/protocol.ts";
import { defineEntity } from "../../runtime/actor/define-entity.ts";
import type { Durability } from "../../runtime/persistence/journal.ts";

const entry = { name: Type.String(), note: Type.String() };
const period = { everyMs: Type.Optional(Type.Integer()) };

/** What may be said to a diary. */
export const DiaryProtocol = defineProtocol({
  name: "diary",
  version: 1,
  ask: {
    /** Has it remind itself, and writes down that it was asked to. */
    plan: { request: { ...entry, ...period, atMs: Type.Integer() }, reply: { planned: {} } },
    /** The same after a while, without a word in its history. */
    planQuietly: { request: { ...entry, ...period, afterMs: Type.Integer() }, reply: { planned: {} } },
    /** The same as data. */
    planAsData: { request: { ...entry, ...period, afterMs: Type.Integer() }, reply: { planned: {} } },
    cancel: { request: { name: Type.String() }, reply: { cancelled: {} } },
    read: { request: {}, reply: { pages: { rung: Type.Array(Type.String()) } } },
  },
  tell: {
    ring: entry,
    /** Has it fail, as a mistake in the code would. */
    fail: {},
  },
});
export type DiaryProtocol = typeof DiaryProtocol;

/** What may happen to a diary. */
export const DiaryEvents = defineEvents({
  name: "diary",
  version: 1,
  events: {
    planned: { name: Type.String() },
    rung: { name: Type.String(), note: Type.String(), times: Type.Integer() },
  },
});

/** The state of a diary: what has rung, each as `name note x times`. */
export interface DiaryState {
  readonly rung: string[];
}

/** A diary that reminds itself: the entity that tests of reminders talk about. */
export const diary = (durability: Durability = "memory") =>
  defineEntity({
    protocol: DiaryProtocol,
    events: DiaryEvents,
    initialState: (): DiaryState => ({ rung: [] }),
    decide: {
      plan: (_state, { name, note, atMs, everyMs }) => ({
        events: [{ kind: "planned", name }],
        reply: { kind: "planned" },
        after: (_now, context) =>
          context.remind(name, { atMs, ...repeated(everyMs) }, { kind: "ring", name, note }),
      }),
      planQuietly: (_state, { name, note, afterMs, everyMs }) => ({
        reply: { kind: "planned" },
        after: (_now, context) =>
          context.remind(name, { afterMs, ...repeated(everyMs) }, { kind: "ring", name, note }),
      }),
      planAsData: (_state, { name, note, afterMs, everyMs }) => ({
        reply: { kind: "planned" },
        reminders: [
          { kind: "remind", name, afterMs, ...repeated(everyMs), message: { kind: "ring", name, note } },
        ],
      }),
      cancel: (_state, { name }) => ({
        reply: { kind: "cancelled" },
        after: (_now, context) => context.forget(name),
      }),
      read: ({ rung }) => ({ reply: { kind: "pages", rung: [...rung] } }),
      ring: (_state, { name, note }, { firing }) => {
        if (note === "fails") throw new Error("it cannot ring");
        if (note === "in vain") return;
        return {
          events: [{ kind: "rung", name, note, times: firing?.times ?? 0 }],
          after: (_now, context) => {
            if (note === "snoozed") {
              context.remind(name, { afterMs: 500 }, { kind: "ring", name, note: "at last" });
            }
          },
        };
      },
      fail() {
        throw new Error("failed");
      },
    },
    evolve: {
      planned: () => {},
      rung: ({ rung }, { name, note, times }) => void rung.push(`${name} ${note} x${times}`),
    },
    snapshot: {
      version: 1,
      dump: ({ rung }) => rung,
      load: (data): DiaryState => ({ rung: data as string[] }),
      everyRecords: 7,
      // So that a test can see all that was ever stored.
      keepHistory: true,
    },
    durability,
    passivateAfterMs: 1_000,
  });

function repeated(everyMs: number | undefined): { readonly everyMs?: number } {
  return everyMs === undefined ? {} : { everyMs };
}

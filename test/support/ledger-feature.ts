import Type from "typebox";
import { defineEvents } from "../../protocols/events.ts";
import { defineProtocol } from "../../protocols/protocol.ts";
import { anyReference } from "../../protocols/reference.ts";
import { defineEntity } from "../../runtime/actor/define-entity.ts";
import type { Feature } from "../../runtime/feature.ts";
import { operation, route } from "../../runtime/net/route.ts";

/** Records that are kept behind a snapshot, so that loads meet both. */
const SNAPSHOT_EVERY = 20;

/** What may be said to a ledger. `jot` and `add` note a number as often as it comes, `note` once. */
export const LedgerProtocol = defineProtocol({
  name: "ledger",
  version: 1,
  tell: { jot: { number: Type.Integer() }, point: { to: anyReference() } },
  ask: {
    note: { request: { number: Type.Integer() }, reply: { noted: { isNew: Type.Boolean() } } },
    add: {
      request: { number: Type.Integer(), by: Type.Optional(anyReference()) },
      reply: { added: { count: Type.Integer() } },
    },
    read: { request: {}, reply: { ledger: { numbers: Type.Array(Type.Integer()) } } },
    /** Never answered. */
    hang: { request: {}, reply: { never: {} } },
  },
});

interface LedgerState {
  readonly numbers: number[];
}

/** Notes numbers down, each once. */
export const Ledger = defineEntity({
  protocol: LedgerProtocol,
  events: defineEvents({ name: "ledger", version: 1, events: { noted: { number: Type.Integer() } } }),
  initialState: (): LedgerState => ({ numbers: [] }),
  forServices: ["jot", "add", "note", "read", "hang"],
  decide: {
    jot: (_state, { number }) => ({ events: [{ kind: "noted", number }] }),
    point: () => {},
    add: (_state, { number }) => ({
      events: [{ kind: "noted", number }],
      reply: ({ numbers }) => ({ kind: "added", count: numbers.length }),
    }),
    hang: () => ({ after: (_state, context) => void context.replyLater() }),
    note({ numbers }, { number }) {
      if (numbers.includes(number)) return { reply: { kind: "noted", isNew: false } };
      return { events: [{ kind: "noted", number }], reply: { kind: "noted", isNew: true } };
    },
    read: ({ numbers }) => ({ reply: { kind: "ledger", numbers: [...numbers] } }),
  },
  evolve: { noted: (state, { number }) => void state.numbers.push(number) },
  snapshot: {
    version: 1,
    dump: ({ numbers }) => [...numbers],
    load: (data) => ({ numbers: [...(data as number[])] }),
    everyRecords: SNAPSHOT_EVERY,
  },
  durability: "fsync",
});

/** For tests of what a node keeps: `POST /ledger { id, number }` is answered when it is stored, `GET /ledger?id=` reads. */
export const ledgerFeature: Feature = {
  name: "ledger",
  start({ entities, system }) {
    const ledgers = entities.offer(Ledger);
    return {
      routes: [
        route("/ledger", {
          onRequest: {
            POST: operation({
              summary: "Notes a number down",
              body: { id: Type.String(), number: Type.Integer() },
              answers: { 200: { isNew: Type.Boolean() } },
              handle: async ({ body: { id, number } }) => {
                const { isNew } = await system.ask(ledgers.entity(id), { kind: "note", number });
                return { status: 200, body: { isNew } };
              },
            }),
            GET: operation({
              summary: "Reads what was noted",
              answers: { 200: { numbers: Type.Array(Type.Integer()) } },
              handle: async ({ query }) => {
                const id = query.get("id") ?? "";
                const { numbers } = await system.ask(ledgers.entity(id), { kind: "read" });
                return { status: 200, body: { numbers } };
              },
            }),
          },
        }),
      ],
    };
  },
};

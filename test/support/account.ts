import Type from "typebox";
import { defineEvents } from "../../protocols/events.ts";
import { defineProtocol } from "../../protocols/protocol.ts";
import type { Protocol } from "../../protocols/protocol.ts";
import { local, reference } from "../../protocols/reference.ts";
import type { AfterContext } from "../../runtime/actor/decision.ts";
import { defineEntity } from "../../runtime/actor/define-entity.ts";
import type { ScriptProtocol } from "./script.ts";

/** The most that an account may hold. */
export const BALANCE_MAX = 1_000;

const refused = { code: Type.Enum(["notOpen", "alreadyOpen", "tooMuch", "tooLittle"]) };
const balance = { balance: Type.Integer() };

/** Something that an account does to the world. */
export type Act = (context: AfterContext<Protocol>) => void;

/** What may be said to an account. */
export const AccountProtocol = defineProtocol({
  name: "account",
  version: 1,
  ask: {
    open: { request: { owner: Type.String() }, reply: { opened: {}, refused } },
    deposit: {
      request: { amount: Type.Integer(), note: Type.Optional(Type.String()) },
      reply: { balance, refused },
    },
    withdraw: { request: { amount: Type.Integer() }, reply: { balance, refused } },
    balance: { request: {}, reply: { balance } },
  },
  tell: {
    /** A deposit that this actor is told of. */
    tellOf: {
      observer: reference<ScriptProtocol>(),
      amount: Type.Integer(),
      note: Type.Optional(Type.String()),
    },
    close: {},
    /** Has something done, once it is stored that it was. */
    act: { after: local<Act>() },
    /** Has a handler throw, as a mistake in the code would. */
    fail: { where: Type.Enum(["decide", "evolve", "after"]) },
  },
  self: { interestDue: {} },
});
export type AccountProtocol = typeof AccountProtocol;

/** What may happen to an account. */
export const AccountEvents = defineEvents({
  name: "account",
  version: 2,
  events: {
    opened: { owner: Type.String() },
    deposited: { amount: Type.Integer(), note: Type.Optional(Type.String()) },
    withdrawn: { amount: Type.Integer() },
    closed: {},
    failed: {},
  },
  upcast: {
    // In version 1 an amount was a text, and there were audits.
    1: (event) => {
      if (event.kind === "audited") return undefined;
      return "amount" in event ? { ...event, amount: Number(event["amount"]) } : event;
    },
  },
});

/** The state of an account. */
export interface AccountState {
  owner: string | undefined;
  balance: number;
}

/** An account with limits: the entity that tests talk about. */
export const Account = defineEntity({
  protocol: AccountProtocol,
  events: AccountEvents,
  initialState: (): AccountState => ({ owner: undefined, balance: 0 }),
  decide: {
    open(state, { owner }) {
      if (state.owner !== undefined) return { reply: { kind: "refused", code: "alreadyOpen" } };
      return { events: [{ kind: "opened", owner }], reply: { kind: "opened" } };
    },
    deposit(state, { amount, note }) {
      if (state.owner === undefined) return { reply: { kind: "refused", code: "notOpen" } };
      if (state.balance + amount > BALANCE_MAX) return { reply: { kind: "refused", code: "tooMuch" } };
      return { events: [deposited(amount, note)], reply: balanceOf };
    },
    withdraw(state, { amount }) {
      if (state.balance < amount) return { reply: { kind: "refused", code: "tooLittle" } };
      return { events: [{ kind: "withdrawn", amount }], reply: balanceOf };
    },
    balance: () => ({ reply: balanceOf }),
    tellOf(_state, { observer, amount, note }) {
      return {
        events: [deposited(amount, note)],
        after: (state, context) =>
          context.tell(observer, { kind: "note", text: `${note ?? context.id} has ${state.balance}` }),
      };
    },
    close: (_state) => ({ events: [{ kind: "closed" }] }),
    act: (_state, { after }) => ({
      events: [deposited(1, "act")],
      after: (_now, context) => after(context as unknown as AfterContext<Protocol>),
    }),
    fail(_state, { where }) {
      if (where === "decide") throw new Error("decide failed");
      if (where === "evolve") return { events: [{ kind: "failed" }] };
      return { events: [{ kind: "deposited", amount: 1 }], after: failInAfter };
    },
    interestDue: (_state) => ({ events: [{ kind: "deposited", amount: 1, note: "interest" }] }),
  },
  evolve: {
    opened: (state, { owner }) => void (state.owner = owner),
    deposited: (state, { amount }) => void (state.balance += amount),
    withdrawn: (state, { amount }) => void (state.balance -= amount),
    closed: () => ({ owner: undefined, balance: 0 }),
    failed() {
      throw new Error("evolve failed");
    },
  },
  snapshot: {
    version: 1,
    dump: ({ owner, balance: held }) => [owner ?? null, held],
    load: accountOf,
    everyRecords: 5,
  },
  durability: "memory",
  passivateAfterMs: 1_000,
  describe: ({ balance: held }) => ({ balance: held }),
});

function deposited(amount: number, note: string | undefined) {
  return { kind: "deposited", amount, ...(note === undefined ? {} : { note }) } as const;
}

function balanceOf(state: AccountState) {
  return { kind: "balance", balance: state.balance } as const;
}

function failInAfter(): void {
  throw new Error("after failed");
}

function accountOf(data: unknown): AccountState {
  const [owner, held] = data as [string | null, number];
  return { owner: owner ?? undefined, balance: held };
}

import assert from "node:assert/strict";
import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import type { AnyReference } from "../../protocols/reference.ts";
import { ActorRef } from "../../runtime/actor/actor-ref.ts";
import type { Verdict } from "../../runtime/actor/actor-ref.ts";
import type { StoredRecord } from "../../runtime/codec/record-codec.ts";
import { EntityWorld } from "./entity-world.ts";
import type { AppendFate } from "./scripted-journal.ts";

/** One thing that happens to a few accounts, to their journal or to their process. */
export type EntityStep =
  | { readonly kind: "deposit" | "tellOf"; readonly id: string; readonly amount: number }
  | { readonly kind: "withdraw"; readonly id: string; readonly amount: number }
  | { readonly kind: "read"; readonly id: string }
  | { readonly kind: "deliver"; readonly id: string; readonly sender: string; readonly seq: number }
  | { readonly kind: "fail"; readonly id: string; readonly where: "decide" | "evolve" | "after" }
  | { readonly kind: "steer"; readonly id: string; readonly act: "restart" | "stop" | "suspend" | "resume" }
  | { readonly kind: "fate"; readonly fate: AppendFate }
  | { readonly kind: "hold" }
  | { readonly kind: "answer"; readonly id: string | undefined }
  | { readonly kind: "letGo" }
  | { readonly kind: "pass"; readonly ms: number }
  | { readonly kind: "kill" };

/** Accounts to which anything may happen, and what must hold whatever does. */
export class EntityRun {
  world = new EntityWorld();
  /** What was seen of the accounts so far. */
  seen = 0;
  #step = 0;
  /** The notes of deposits in the order in which their answers came, by account. */
  readonly #answered = new Map<string, string[]>();
  #openAsks = 0;
  #broken: unknown = undefined;

  /** @throws AssertionError as soon as something was seen that must not be */
  async step(step: EntityStep): Promise<void> {
    this.#step++;
    await this.#do(step);
    if (this.#broken !== undefined) throw this.#broken as Error;
  }

  async #do(step: EntityStep): Promise<void> {
    const { journal, virtual } = this.world;
    switch (step.kind) {
      case "deposit":
        return this.#deposit(step.id, step.amount);
      case "withdraw":
        return this.#ask(virtual.ask(this.world.account(step.id), step), () => {});
      case "read":
        return this.#read(step.id);
      case "tellOf":
        return this.#tellOf(step.id, step.amount);
      case "deliver":
        return this.#deliver(step.id, step.sender, step.seq);
      case "fail":
        return void virtual.tell(this.world.account(step.id), { kind: "fail", where: step.where });
      case "steer":
        return void virtual.system.steering.steer(step.act, { path: `/entities/account/${step.id}` });
      case "fate":
        return void journal.fates.push(step.fate);
      case "hold":
        journal.isHolding = true;
        return;
      case "answer":
        return void journal.answer(step.id);
      case "letGo":
        return journal.letGo();
      case "pass":
        return virtual.advance(step.ms);
      case "kill":
        return this.#kill();
    }
  }

  /** Lets everything come to its end, and looks at what is left. */
  async end(ids: readonly string[]): Promise<void> {
    const { journal, virtual } = this.world;
    journal.fates.splice(0);
    journal.letGo();
    virtual.system.steering.steer("resume", { type: "account" });
    await virtual.advance(120_000);
    if (this.#broken !== undefined) throw this.#broken as Error;
    assert.equal(this.#openAsks, 0, "a question was left open");
    for (const id of ids) {
      const balance = this.world.balance(id);
      await virtual.advance(1_000);
      assert.equal(
        await balance,
        balanceOf(this.world.everything(id)),
        "a loaded state is the fold of what is stored",
      );
      this.#checkOnce(id);
    }
    this.world = await this.world.reborn();
    for (const id of ids) {
      const balance = this.world.balance(id);
      await this.world.virtual.settle();
      assert.equal(await balance, balanceOf(this.world.everything(id)), "also in the next process");
    }
  }

  #deposit(id: string, amount: number): void {
    const { virtual } = this.world;
    const note = `n${this.#step}`;
    this.#ask(virtual.ask(this.world.account(id), { kind: "deposit", amount, note }), (reply) => {
      if (reply.kind !== "balance") return;
      const version = this.#versionOf(id, note);
      assert.ok(version <= this.#heard(id), "answered before the journal had said that it is stored");
      assert.equal(reply.balance, balanceOf(this.world.everything(id).slice(0, version)));
      this.#answered.set(id, [...(this.#answered.get(id) ?? []), note]);
    });
  }

  #tellOf(id: string, amount: number): void {
    const note = `n${this.#step}`;
    const observer = this.#ear(() => {
      assert.ok(this.#versionOf(id, note) <= this.#heard(id), "told before it was stored");
    });
    this.world.virtual.tell(this.world.account(id), { kind: "tellOf", observer, amount, note });
  }

  #read(id: string): void {
    const known = this.#heard(id);
    this.#ask(this.world.virtual.ask(this.world.account(id), { kind: "balance" }), ({ balance }) => {
      const history = this.world.everything(id);
      const possible = history.map((_, index) => balanceOf(history.slice(0, index + 1)));
      assert.ok([0, ...possible].slice(known).includes(balance), "a read of what is not stored, or is over");
    });
  }

  #deliver(id: string, sender: string, seq: number): void {
    const observer = this.#ear(() => {});
    const message = { kind: "tellOf", observer, amount: 1 } as const;
    this.world.accounts.deliver(id, message, { sender, seq }, () =>
      this.#see(() => {
        const taken = this.world.everything(id).slice(0, this.#heard(id));
        const last = taken.findLast(({ receipt }) => receipt?.sender === sender)?.receipt?.seq ?? 0;
        assert.ok(last >= seq, "acknowledged, and not stored");
      }),
    );
  }

  #ask<T>(asked: Promise<T>, onReply: (reply: T) => void): void {
    const { world } = this;
    this.#openAsks++;
    const end = (look: () => void): void => {
      if (world !== this.world) return;
      this.#openAsks--;
      this.#see(look);
    };
    asked.then(
      (reply) => end(() => onReply(reply)),
      (error: unknown) => end(() => assert.ok((error as { code?: string }).code, String(error))),
    );
  }

  /** Somebody outside who hears of an account. */
  #ear(look: () => void): AnyReference {
    return new Ear(() => this.#see(look));
  }

  #see(look: () => void): void {
    this.seen++;
    try {
      look();
    } catch (error) {
      // Kept until the step is over: thrown here it would be the account's own failure.
      this.#broken ??= error;
    }
  }

  /** The process is gone from one moment to the next, and another one begins on the same journal. */
  #kill(): void {
    const { journal } = this.world;
    this.#openAsks = 0;
    journal.letGo();
    this.world = new EntityWorld({ journal });
  }

  /** Whatever was stored was stored once, and what was answered was answered in its order. */
  #checkOnce(id: string): void {
    const records = this.world.everything(id);
    const notes = notesOf(records);
    assert.equal(new Set(notes).size, notes.length, "stored twice");
    const answered = this.#answered.get(id) ?? [];
    assert.deepEqual(
      notes.filter((note) => answered.includes(note)),
      answered,
      "what was answered is stored once, in the order of the answers",
    );
    const receipts = records.flatMap(({ receipt }) => (receipt === undefined ? [] : [receipt]));
    const last = new Map<string, number>();
    for (const { sender, seq } of receipts) {
      assert.ok(seq > (last.get(sender) ?? 0), "a delivery had a second effect");
      last.set(sender, seq);
    }
  }

  #heard(id: string): number {
    return this.world.journal.heard.get(id) ?? 0;
  }

  #versionOf(id: string, note: string): number {
    const index = this.world.everything(id).findIndex((record) => notesOf([record]).includes(note));
    assert.notEqual(index, -1, "answered, and not stored");
    return index + 1;
  }
}

class Ear extends ActorRef<Protocol> {
  readonly address = "outside";
  readonly #onMessage: () => void;

  constructor(onMessage: () => void) {
    super();
    this.#onMessage = onMessage;
  }

  deliver(_message: TaggedMessage): Verdict {
    this.#onMessage();
    return "accepted";
  }
}

function notesOf(records: readonly StoredRecord[]): string[] {
  return records.flatMap(({ events }) =>
    events.flatMap((event) => (typeof event["note"] === "string" ? [event["note"]] : [])),
  );
}

function balanceOf(records: readonly StoredRecord[]): number {
  let balance = 0;
  for (const { events } of records) {
    for (const { kind, amount } of events) {
      if (kind === "deposited") balance += Number(amount);
      if (kind === "withdrawn") balance -= Number(amount);
    }
  }
  return balance;
}

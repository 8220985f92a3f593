import fc from "fast-check";
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { entityKey } from "../../../runtime/persistence/entity-address.ts";
import type { EntityAddress } from "../../../runtime/persistence/entity-address.ts";
import { RETRY_AFTER_MS } from "../../../runtime/reminders/reminder-store.ts";
import type { ReminderStore } from "../../../runtime/reminders/reminder-store.ts";

/** A kind of store of reminders to hold against the contract. */
export interface ReminderStoreAdapter {
  readonly name: string;
  open(): Promise<void>;
  close(): Promise<void>;
  /** One in which nobody wants to be woken. */
  fresh(): Promise<ReminderStore>;
  /** The same store as the next process finds it, after the one before it is gone. */
  reborn(): Promise<ReminderStore>;
}

const LIMIT_MS = 120_000;
const NOW_MS = 1_700_000_000_000;
/** On a slow machine fewer runs have to do. */
const PROPERTY_MS = 30_000;

const room = (id: string | number): EntityAddress => ({ type: "room", id: String(id) });
const ODD: EntityAddress = { type: "room", id: "match/7 {漢}" };

/** Of all entities of the contract. */
export const CONTRACT_IDS: readonly string[] = [
  ODD.id,
  "a",
  "b",
  "c",
  "d",
  ...Array.from({ length: 20 }, (_, at) => String(at)),
];

/** What every store of reminders promises. */
export function reminderStoreContract(adapter: ReminderStoreAdapter): void {
  describe(`reminders in ${adapter.name}`, { timeout: LIMIT_MS }, () => {
    let store: ReminderStore;
    let seq = 0;

    before(() => adapter.open());
    after(() => adapter.close());
    beforeEach(async () => {
      store = await adapter.fresh();
      seq = 0;
    });

    const stamp = (ownerEpoch = 1) => ({ ownerEpoch, seq: ++seq });
    const wakeBy = (entity: EntityAddress, inMs: number, by = stamp()) =>
      store.wakeBy({ entity, stamp: by, dueMs: NOW_MS + inMs });
    const wakeAt = (entity: EntityAddress, inMs: number | undefined, by = stamp()) =>
      store.wakeAt({ entity, stamp: by, dueMs: inMs === undefined ? undefined : NOW_MS + inMs });
    const takePage = (inMs: number, limit = 1_000) =>
      store.take({ nowMs: NOW_MS + inMs, untilMs: NOW_MS + inMs, limit });
    /** Who is to be woken by then, with the time of each. */
    const take = async (inMs: number, limit?: number): Promise<string[]> => {
      const { wakes } = await takePage(inMs, limit);
      return wakes.map(({ entity, dueMs }) => `${entity.id} ${dueMs - NOW_MS}`);
    };

    it("wakes an entity when it wants to be woken, and not before", async () => {
      await wakeBy(ODD, 100);
      assert.deepEqual(await take(99), []);
      assert.deepEqual(await take(100), [`${ODD.id} 100`]);
    });

    it("wakes whoever is due first before the others", async () => {
      const wishes = { c: 30, a: 10, b: 20, d: 40 };
      for (const [id, inMs] of Object.entries(wishes)) await wakeBy(room(id), inMs);
      assert.deepEqual(await take(30), ["a 10", "b 20", "c 30"]);
    });

    it("wakes no more at a time than are asked for", async () => {
      for (let at = 0; at < 20; at++) await wakeBy(room(at), 10);
      const all: string[] = [];
      for (let tries = 0; tries < 50 && all.length < 20; tries++) all.push(...(await take(10, 4)));
      assert.equal(new Set(all).size, 20);
    });

    it("says when the next one is due", async () => {
      assert.equal((await takePage(0)).nextMs, undefined);
      await wakeBy(room("a"), 10);
      await wakeBy(room("b"), 70);
      assert.equal((await takePage(5)).nextMs, NOW_MS + 10);
      assert.equal((await takePage(10)).nextMs, NOW_MS + 70);
    });

    it("keeps an earlier time when a later one would do", async () => {
      await wakeBy(room("a"), 10);
      await wakeBy(room("a"), 50);
      assert.deepEqual(await take(10), ["a 10"]);
    });

    it("takes an earlier time in place of a later one", async () => {
      await wakeBy(room("a"), 50);
      await wakeBy(room("a"), 10);
      assert.deepEqual(await take(10), ["a 10"]);
      await wakeAt(room("a"), undefined);
      assert.deepEqual(await take(200_000), []);
    });

    it("moves a time to exactly another one, or to none", async () => {
      await wakeBy(room("a"), 10);
      await wakeAt(room("a"), 50);
      assert.deepEqual(await take(15), []);
      await wakeAt(room("a"), 20);
      assert.deepEqual(await take(20), ["a 20"]);
      await wakeAt(room("a"), undefined);
      assert.deepEqual(await take(200_000), []);
      assert.equal((await takePage(200_000)).nextMs, undefined);
    });

    it("wakes again whoever has not said when to be woken next", async () => {
      await wakeBy(room("a"), 10);
      assert.deepEqual(await take(10), ["a 10"]);
      assert.deepEqual(await take(10), []);
      assert.deepEqual(await take(10 + RETRY_AFTER_MS - 1), []);
      const [again] = await take(10 + RETRY_AFTER_MS);
      assert.match(again ?? "", /^a /);
    });

    it("wakes whoever was woken at the time that it has said since", async () => {
      await wakeBy(room("a"), 10);
      await take(10);
      await wakeAt(room("a"), 25);
      assert.deepEqual(await take(25), ["a 25"]);
      await wakeBy(room("a"), 40);
      assert.deepEqual(await take(40), ["a 40"], "an earlier time than that of the repetition");
    });

    it("does nothing in a name that is not the latest any more", async () => {
      await wakeBy(room("a"), 10, { ownerEpoch: 7, seq: 5 });
      await wakeAt(room("a"), undefined, { ownerEpoch: 6, seq: 100 });
      await wakeAt(room("a"), 90, { ownerEpoch: 7, seq: 4 });
      assert.deepEqual(await take(10), ["a 10"]);
      await wakeAt(room("a"), 90, { ownerEpoch: 7, seq: 6 });
      await wakeBy(room("a"), 95, { ownerEpoch: 8, seq: 1 });
      await wakeAt(room("a"), undefined, { ownerEpoch: 7, seq: 7 });
      assert.deepEqual(await take(90), ["a 90"], "the later owner needs it, though it asked for less");
    });

    it("loses nothing of what was taken by a process that is gone", async () => {
      await wakeBy(room("a"), 10);
      await wakeBy(room("b"), 500);
      await take(10);
      store = await adapter.reborn();
      const woken: string[] = [];
      for (const inMs of [10, 10 + RETRY_AFTER_MS]) {
        woken.push(
          ...(await store.take({ nowMs: NOW_MS + inMs, untilMs: NOW_MS + inMs, limit: 10 })).wakes.map(
            ({ entity }) => entity.id,
          ),
        );
      }
      assert.deepEqual([...new Set(woken)].toSorted(), ["a", "b"]);
    });

    it("does all that in any order for any number of entities", async () => {
      const entity = fc.nat(5);
      const step = fc.oneof(
        fc.record({ kind: fc.constant("by" as const), entity, inMs: fc.nat(100_000) }),
        fc.record({ kind: fc.constant("at" as const), entity, inMs: fc.option(fc.nat(100_000)) }),
        fc.record({ kind: fc.constant("take" as const), passedMs: fc.constantFrom(0, 10, 5_000, 40_000) }),
      );
      let runs = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          store = await adapter.fresh();
          runs++;
          let nowMs = NOW_MS;
          const model = new Map<string, number>();
          for (const one of steps) {
            if (one.kind === "take") {
              nowMs += one.passedMs;
              const { wakes } = await store.take({ nowMs, untilMs: nowMs, limit: 1_000 });
              const due = [...model].filter(([, dueMs]) => dueMs <= nowMs);
              assert.deepEqual(
                new Map(wakes.map((wake) => [entityKey(wake.entity), wake.dueMs])),
                new Map(due),
              );
              for (const [key, dueMs] of due) model.set(key, Math.max(nowMs, dueMs) + RETRY_AFTER_MS);
              continue;
            }
            const address = room(one.entity);
            const key = entityKey(address);
            const dueMs = one.inMs === null ? undefined : nowMs + one.inMs;
            if (one.kind === "by" && dueMs !== undefined) {
              await store.wakeBy({ entity: address, stamp: stamp(), dueMs });
              model.set(key, Math.min(dueMs, model.get(key) ?? dueMs));
            } else {
              await store.wakeAt({ entity: address, stamp: stamp(), dueMs });
              if (dueMs === undefined) model.delete(key);
              else model.set(key, dueMs);
            }
          }
        }),
        { numRuns: 60, plugins: [fc.interruptAfterTimeLimit(PROPERTY_MS)] },
      );
      assert.ok(runs > 3, "too few runs to mean anything");
    });
  });
}

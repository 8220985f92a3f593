import fc from "fast-check";
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { EntityAddress } from "../../../runtime/persistence/entity-address.ts";
import type { Owner } from "../../../runtime/persistence/journal.ts";
import type { EntityOwner, Ownership } from "../../../runtime/sharding/ownership.ts";
import { TableTime } from "../../support/table-time.ts";

/** A kind of ownership to hold against the contract. */
export interface OwnershipAdapter {
  readonly name: string;
  open(): Promise<void>;
  close(): Promise<void>;
  /** One in which nobody owns anything, on this time. */
  fresh(time: TableTime): Promise<Ownership>;
}

const LIMIT_MS = 120_000;
const ROOM: EntityAddress = { type: "room", id: "match/7 {漢}" };
const OTHER: EntityAddress = { type: "room", id: "other" };

/** What every kind of ownership promises. */
export function ownershipContract(adapter: OwnershipAdapter): void {
  describe(`ownership in ${adapter.name}`, { timeout: LIMIT_MS }, () => {
    let time: TableTime;
    let ownership: Ownership;

    before(() => adapter.open());
    after(() => adapter.close());
    beforeEach(async () => {
      time = new TableTime();
      ownership = await adapter.fresh(time);
    });

    const claim = (node: string, last?: Owner, entity = ROOM) =>
      ownership.claim({
        entity,
        node,
        incarnation: `${node}/1`,
        ...(last === undefined ? {} : { after: last }),
      });
    const claimed = async (node: string, last?: Owner, entity = ROOM): Promise<EntityOwner> => {
      const answer = await claim(node, last, entity);
      assert.ok(answer.kind === "claimed", `${node} should own it`);
      return answer.owner;
    };
    const lookup = () => ownership.lookup(ROOM);

    it("gives a free entity to the first one who claims it, and says who that is to the next", async () => {
      assert.equal(await lookup(), undefined);
      const owner = await claimed("a");
      assert.deepEqual(owner, { ownerEpoch: time.ms * 1_000, incarnation: "a/1", node: "a" });
      assert.deepEqual(await claim("b"), { kind: "owned", by: owner });
      assert.deepEqual(await lookup(), owner);
      assert.equal((await claimed("b", undefined, OTHER)).node, "b", "another entity is another matter");
    });

    it("lets nobody in after an owner that is not exactly the present one", async () => {
      const owner = await claimed("a");
      const wrong: Owner[] = [
        { ...owner, ownerEpoch: owner.ownerEpoch - 1 },
        { ...owner, ownerEpoch: owner.ownerEpoch + 1 },
        { ...owner, incarnation: "a/2" },
        { ...owner, incarnation: "" },
      ];
      for (const last of wrong) assert.deepEqual(await claim("b", last), { kind: "owned", by: owner });
    });

    it("replaces exactly the dead owner, by one of many who try", async () => {
      const dead = await claimed("a");
      const answers = await Promise.all(["b", "c", "d"].map((node) => claim(node, dead)));
      assert.equal(answers.filter(({ kind }) => kind === "claimed").length, 1);
      const owner = await lookup();
      assert.ok(owner !== undefined && owner.ownerEpoch > dead.ownerEpoch);
      for (const answer of answers) {
        assert.deepEqual(answer.kind === "claimed" ? answer.owner : answer.by, owner);
      }
    });

    const claimAfterDeath = (node: string, gone: readonly string[], entity = ROOM) =>
      ownership.claim({ entity, node, incarnation: `${node}/1`, gone });

    it("takes the place of a dead one without asking who that is, whatever its epoch, by one of many who try", async () => {
      const dead = await claimed("a", await claimed("a"));
      const gone = ["x/1", "a/1", "y/1"];
      const answers = await Promise.all(["b", "c", "d"].map((node) => claimAfterDeath(node, gone)));
      assert.equal(answers.filter(({ kind }) => kind === "claimed").length, 1);
      const owner = await lookup();
      assert.ok(owner !== undefined && owner.ownerEpoch > dead.ownerEpoch);
      for (const answer of answers) {
        assert.deepEqual(answer.kind === "claimed" ? answer.owner : answer.by, owner);
      }
    });

    it("leaves an owner alone that is not among the dead, also when an earlier start of its node is", async () => {
      const owner = await claimed("a");
      for (const gone of [
        [],
        ["a"],
        ["a/2", "a/10"],
        [""],
        Array.from({ length: 100 }, (_, at) => `b/${at}`),
      ]) {
        assert.deepEqual(await claimAfterDeath("c", gone), { kind: "owned", by: owner });
      }
    });

    it("counts among the dead for each claim whom that claim says, also for those of one turn", async () => {
      const owner = await claimed("a");
      await claimed("a", undefined, OTHER);
      const [without, other, wrong] = await Promise.all([
        claim("b"),
        claimAfterDeath("b", ["a/1"], OTHER),
        claimAfterDeath("b", ["a/2"]),
      ]);
      assert.deepEqual([without, wrong], Array(2).fill({ kind: "owned", by: owner }));
      assert.equal(other.kind, "claimed");
    });

    it("refuses what the dead one still writes", async () => {
      const dead = await claimed("a");
      const answer = await claimAfterDeath("b", ["a/1"]);
      assert.ok(answer.kind === "claimed");
      const fenced = { kind: "fenced", by: answer.owner };
      assert.deepEqual(await ownership.reassert({ entity: ROOM, owner: dead }), fenced);
      assert.deepEqual(await ownership.release({ entity: ROOM, owner: dead }), fenced);
      assert.deepEqual(await claim("a", dead), { kind: "owned", by: answer.owner });
    });

    it("finds its own claim again whose answer was lost, and claims after it", async () => {
      const lost = await claimed("a");
      const found = await claim("a");
      assert.deepEqual(found, { kind: "owned", by: lost });
      assert.ok((await claimed("a", lost)).ownerEpoch > lost.ownerEpoch);
    });

    it("has a larger epoch each time, though no time has passed, or the clock of the store went back", async () => {
      let owner = await claimed("a");
      for (const passedMs of [0, 0, -3_600_000, 1, 7_200_000]) {
        time.ms += passedMs;
        const next = await claimed("b", owner);
        assert.ok(next.ownerEpoch > owner.ownerEpoch && next.ownerEpoch >= time.ms * 1_000);
        assert.ok(Number.isSafeInteger(next.ownerEpoch));
        owner = next;
      }
    });

    it("has larger epochs than ever after everything was lost", async () => {
      const owner = await claimed("a");
      ownership = await adapter.fresh(time);
      time.ms += 1;
      assert.ok((await claimed("b")).ownerEpoch > owner.ownerEpoch);
    });

    it("frees an entity for anybody when its owner releases it", async () => {
      const owner = await claimed("a");
      assert.deepEqual(await ownership.release({ entity: ROOM, owner }), { kind: "released" });
      assert.equal(await lookup(), undefined);
      assert.equal((await claimed("b")).node, "b");
    });

    it("frees an entity also when the release is repeated because its answer was lost", async () => {
      const owner = await claimed("a");
      await ownership.release({ entity: ROOM, owner });
      assert.deepEqual(await ownership.release({ entity: ROOM, owner }), { kind: "released" });
    });

    it("does not let the owner before release what is another's by now", async () => {
      const first = await claimed("a");
      const second = await claimed("b", first);
      assert.deepEqual(await ownership.release({ entity: ROOM, owner: first }), {
        kind: "fenced",
        by: second,
      });
      const impostor = { ...second, incarnation: "c/1" };
      assert.deepEqual(await ownership.release({ entity: ROOM, owner: impostor }), {
        kind: "fenced",
        by: second,
      });
      assert.deepEqual(await lookup(), second);
    });

    it("takes an owner at its word again", async () => {
      const owner = await claimed("a");
      assert.deepEqual(await ownership.reassert({ entity: ROOM, owner }), { kind: "held" });
      assert.deepEqual(await lookup(), owner);
    });

    it("writes down again who owns what, when that was forgotten", async () => {
      const owner = await claimed("a");
      ownership = await adapter.fresh(time);
      assert.deepEqual(await ownership.reassert({ entity: ROOM, owner }), { kind: "held" });
      assert.deepEqual(await lookup(), owner);
      assert.deepEqual(await claim("b"), { kind: "owned", by: owner });
    });

    it("keeps of two owners the one with the higher epoch, whoever speaks first", async () => {
      const lower = { ownerEpoch: 5, incarnation: "b/1", node: "b" };
      const higher = { ownerEpoch: 6, incarnation: "a/1", node: "a" };
      await ownership.reassert({ entity: ROOM, owner: lower });
      assert.deepEqual(await ownership.reassert({ entity: ROOM, owner: higher }), { kind: "held" });
      assert.deepEqual(await ownership.reassert({ entity: ROOM, owner: lower }), {
        kind: "fenced",
        by: higher,
      });
      assert.deepEqual(await lookup(), higher);
    });

    it("refuses an equal epoch of another process", async () => {
      const owner = await claimed("a");
      const twin = { ...owner, incarnation: "z/1", node: "z" };
      assert.deepEqual(await ownership.reassert({ entity: ROOM, owner: twin }), {
        kind: "fenced",
        by: owner,
      });
      assert.deepEqual(await claim("b", twin), { kind: "owned", by: owner });
    });

    it("is owned by one at a time with growing epochs, whatever is asked in which order", async () => {
      const step = fc.record({
        node: fc.constantFrom("a", "b", "c"),
        what: fc.constantFrom("claim", "takeOver", "release", "reassert"),
        passedMs: fc.integer({ min: 1, max: 5 }),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
          ownership = await adapter.fresh(time);
          const epochs: number[] = [];
          const latest = new Map<string, EntityOwner>();
          for (const { node, what, passedMs } of steps) {
            time.ms += passedMs;
            const known = await lookup();
            const own = latest.get(node);
            if (what === "claim" || what === "takeOver") {
              const answer = await claim(node, what === "takeOver" ? known : undefined);
              assert.equal(answer.kind === "claimed", known === undefined || what === "takeOver");
              if (answer.kind !== "claimed") continue;
              epochs.push(answer.owner.ownerEpoch);
              latest.set(node, answer.owner);
            } else if (own !== undefined && known !== undefined) {
              const isOwner = own.ownerEpoch === known.ownerEpoch;
              const { kind } = await ownership[what]({ entity: ROOM, owner: own });
              assert.equal(kind !== "fenced", isOwner);
            }
          }
          assert.deepEqual(
            epochs,
            [...new Set(epochs)].toSorted((a, b) => a - b),
          );
        }),
        { numRuns: 60 },
      );
    });
  });
}

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { SAFE_LEASE } from "../../../runtime/membership/lease.ts";
import { DEAD_KEPT_MAX, DEAD_KEPT_MS } from "../../../runtime/membership/membership-table.ts";
import type {
  MembershipTable,
  MembershipTableOptions,
} from "../../../runtime/membership/membership-table.ts";
import { memberFacts, newcomer } from "../../support/member-facts.ts";
import { TableTime } from "../../support/table-time.ts";

/** A kind of table to hold against the contract. */
export interface TableAdapter {
  readonly name: string;
  open(): Promise<void>;
  close(): Promise<void>;
  /** An empty table on this time. */
  fresh(time: TableTime, options: MembershipTableOptions): Promise<MembershipTable>;
}

const { ttlMs, removeAfterMs } = SAFE_LEASE;
const LIMIT_MS = 120_000;
/** Smaller than in production, so that it can be filled. */
const MEMBERS_MAX = 250;
const OPTIONS: MembershipTableOptions = { lease: SAFE_LEASE, membersMax: MEMBERS_MAX };
const REMOVAL_MS = ttlMs + removeAfterMs;

/** What every membership table promises. */
export function membershipContract(adapter: TableAdapter): void {
  describe(`membership in ${adapter.name}`, { timeout: LIMIT_MS }, () => {
    let time: TableTime;
    let table: MembershipTable;

    before(() => adapter.open());
    after(() => adapter.close());
    beforeEach(async () => {
      time = new TableTime();
      table = await adapter.fresh(time, OPTIONS);
    });

    const inc = (node: string): string => memberFacts(node).incarnation;
    const join = async (...nodes: string[]): Promise<void> => {
      for (const node of nodes) assert.equal((await table.join(newcomer(node))).kind, "joined");
    };
    const renew = (node: string, knownVersion = 0) => table.renew({ incarnation: inc(node), knownVersion });
    const states = async (): Promise<Record<string, string>> =>
      Object.fromEntries(
        (await table.read()).rows.map(({ node, state, ended }) => [
          node,
          ended === undefined ? state : `${state} ${ended.cause}`,
        ]),
      );
    const version = async (): Promise<number> => (await table.read()).version;

    it("keeps what a node says of itself", async () => {
      const joined = await table.join({ ...newcomer("a"), roles: ["gateway", "logs"], capacity: 3 });
      assert.ok(joined.kind === "joined");
      const row = {
        ...memberFacts("a"),
        roles: ["gateway", "logs"],
        capacity: 3,
        state: "joining",
        joinedAtMs: time.ms,
      };
      assert.deepEqual(joined.table.rows, [row]);
      assert.deepEqual(await table.read(), joined.table);
    });

    it("keeps an empty list of roles, and text of any kind", async () => {
      const odd = { ...newcomer("a"), address: "{}'\"\\ [] 漢字 \u0000", roles: [] };
      await table.join(odd);
      const [row] = (await table.read()).rows;
      assert.deepEqual([row?.address, row?.roles], [odd.address, []]);
    });

    it("refuses a second process with the same identity", async () => {
      await join("a");
      const second = await table.join({ ...newcomer("a"), token: "another process" });
      assert.deepEqual(second, { kind: "refused", code: "identityTaken" });
    });

    it("finds the row again when a join whose answer was lost is repeated", async () => {
      await join("a");
      const first = await table.read();
      time.ms += 10;
      const again = await table.join(newcomer("a"));
      assert.ok(again.kind === "joined");
      assert.deepEqual(again.table, first);
    });

    it("lets nobody come back from the dead", async () => {
      await join("a");
      await table.end(inc("a"), "left");
      assert.deepEqual(await table.join(newcomer("a")), { kind: "refused", code: "dead" });
      assert.deepEqual(await renew("a"), { kind: "refused", code: "dead" });
      assert.deepEqual(await table.move(inc("a"), "up"), { kind: "refused", code: "dead" });
      assert.deepEqual(await states(), { a: "dead left" });
    });

    it("knows nobody who has not joined", async () => {
      const unknown = { kind: "refused", code: "unknownMember" };
      assert.deepEqual(await renew("a"), unknown);
      assert.deepEqual(await table.move(inc("a"), "up"), unknown);
      assert.deepEqual(await table.end(inc("a"), "reaped"), unknown);
      assert.deepEqual(await table.read(), { version: 0, rows: [] });
    });

    it("takes a member forward through its states, and not back", async () => {
      await join("a");
      assert.deepEqual(await table.move(inc("a"), "up"), { kind: "moved" });
      assert.deepEqual(await table.move(inc("a"), "up"), { kind: "moved" }, "once more");
      assert.deepEqual(await table.move(inc("a"), "leaving"), { kind: "moved" });
      assert.deepEqual(await table.move(inc("a"), "up"), { kind: "refused", code: "backwards" });
      assert.deepEqual(await states(), { a: "leaving" });
    });

    it("has another, larger number after each change, and the same one without", async () => {
      const numbers = [await version()];
      await join("a");
      numbers.push(await version());
      await table.move(inc("a"), "up");
      numbers.push(await version());
      await table.end(inc("a"), "left");
      numbers.push(await version());
      assert.deepEqual(
        numbers,
        [...new Set(numbers)].toSorted((a, b) => a - b),
      );
      await table.end(inc("a"), "reaped");
      await renew("a");
      await table.removeExpired();
      assert.equal(await version(), numbers.at(-1));
    });

    it("has a larger number than ever after everything was lost, because time has passed", async () => {
      await join("a");
      const lost = await version();
      table = await adapter.fresh(time, OPTIONS);
      time.ms += 1;
      await join("a");
      assert.ok((await version()) > lost);
    });

    it("has growing numbers also when the clock of the store is set back", async () => {
      await join("a");
      const earlier = await version();
      time.ms -= 3_600_000;
      await join("b");
      assert.ok((await version()) > earlier);
    });

    it("answers a renewal with the table only when its number is not the known one", async () => {
      await join("a", "b");
      const known = await version();
      const same = await renew("a", known);
      assert.ok(same.kind === "renewed");
      assert.equal(same.table, undefined);
      await table.move(inc("b"), "up");
      const changed = await renew("a", known);
      assert.ok(changed.kind === "renewed");
      assert.deepEqual(changed.table, await table.read());
      const taken = await renew("a", known + 999_999_999);
      assert.ok(taken.kind === "renewed");
      assert.notEqual(taken.table, undefined, "also when the known number is the larger one");
    });

    it("names the store that answers, the same each time", async () => {
      const joined = await table.join(newcomer("a"));
      const renewed = await renew("a");
      assert.ok(joined.kind === "joined" && renewed.kind === "renewed");
      assert.equal(joined.source, renewed.source);
      assert.notEqual(joined.source, "");
    });

    it("removes a member that does not renew, a moment after its lease has lapsed", async () => {
      await join("a", "b");
      time.ms += REMOVAL_MS - 1;
      const early = await renew("b");
      assert.ok(early.kind === "renewed");
      assert.equal(early.overdue, 0);
      assert.equal(early.dueInMs, 1);
      assert.deepEqual(await table.removeExpired(), { removed: [], heldForMs: 0 });
      assert.deepEqual(await states(), { a: "joining", b: "joining" });
    });

    it("removes the member that fell silent, and not the one that renews", async () => {
      await join("a", "b");
      for (let passedMs = 0; passedMs < REMOVAL_MS; passedMs += 1_000) {
        time.ms += 1_000;
        await renew("b");
      }
      const renewed = await renew("b");
      assert.ok(renewed.kind === "renewed");
      assert.equal(renewed.overdue, 1);
      assert.equal(renewed.dueInMs, 0);
      assert.deepEqual(await table.removeExpired(), { removed: [inc("a")], heldForMs: 0 });
      assert.deepEqual(await states(), { a: "dead expired", b: "joining" });
      assert.deepEqual(await table.removeExpired(), { removed: [], heldForMs: 0 });
    });

    it("lets a member go on that renews after its lease lapsed and before it was removed", async () => {
      await join("a");
      time.ms += REMOVAL_MS + 60_000;
      assert.equal((await renew("a")).kind, "renewed");
      assert.deepEqual(await table.removeExpired(), { removed: [], heldForMs: 0 });
    });

    it("tells how long each lease still runs, of the living only", async () => {
      await join("a", "b", "c");
      time.ms += ttlMs / 2;
      await renew("b");
      await table.end(inc("c"), "left");
      time.ms += ttlMs;
      const left = [...(await table.leases())].toSorted(([one], [other]) => (one < other ? -1 : 1));
      assert.deepEqual(left, [
        [inc("a"), -ttlMs / 2],
        [inc("b"), 0],
      ]);
    });

    it("counts as dead since its lease lapsed who was removed for that", async () => {
      await join("a");
      const joinedAtMs = time.ms;
      time.ms += REMOVAL_MS + 500;
      await table.removeExpired();
      const [row] = (await table.read()).rows;
      assert.deepEqual(row?.ended, { cause: "expired", atMs: joinedAtMs + ttlMs });
    });

    it("removes nobody for the time of one lease when many fall silent together, then all", async () => {
      await join("a", "b", "c", "d");
      time.ms += REMOVAL_MS;
      await join("watcher");
      assert.deepEqual(await table.removeExpired(), { removed: [], heldForMs: ttlMs });
      time.ms += ttlMs - 1;
      assert.deepEqual(await table.removeExpired(), { removed: [], heldForMs: 1 });
      time.ms += 1;
      assert.deepEqual((await table.removeExpired()).removed.toSorted(), ["a", "b", "c", "d"].map(inc));
    });

    it("lets those live who come back during the hold", async () => {
      await join("a", "b", "c", "d");
      time.ms += REMOVAL_MS;
      await join("watcher");
      await table.removeExpired();
      time.ms += ttlMs - 2_000;
      for (const node of ["a", "b", "c"]) await renew(node);
      time.ms += 2_000;
      assert.deepEqual((await table.removeExpired()).removed, [inc("d")]);
    });

    it("removes nobody on the word of one that was away itself, for the time of one lease", async () => {
      await join("a", "b");
      time.ms += REMOVAL_MS + 60_000;
      await renew("a");
      assert.deepEqual(await table.removeExpired(), { removed: [], heldForMs: ttlMs });
      for (let passedMs = 0; passedMs < ttlMs; passedMs += 1_000) {
        time.ms += 1_000;
        await renew("a");
      }
      assert.deepEqual(await table.removeExpired(), { removed: [inc("b")], heldForMs: 0 });
    });

    it("is not kept from removing the dead by one that comes and goes", async () => {
      await join("flapping", "dead");
      let removedAfterMs = 0;
      while (removedAfterMs < 60_000 && (await states())["dead"] === "joining") {
        time.ms += ttlMs + 500;
        removedAfterMs += ttlMs + 500;
        await renew("flapping");
        await table.removeExpired();
      }
      assert.ok(removedAfterMs <= 4 * ttlMs, `${removedAfterMs} ms`);
      assert.equal((await renew("flapping")).kind, "renewed");
    });

    it("removes a reaped worker at once, and that life of it only", async () => {
      await join("a");
      await table.join({ ...newcomer("a"), incarnation: "a/second", token: "second" });
      assert.deepEqual(await table.end(inc("a"), "reaped"), { kind: "moved" });
      assert.deepEqual(
        (await table.read()).rows.map(({ incarnation, state }) => `${incarnation} ${state}`).toSorted(),
        ["a/first dead", "a/second joining"],
      );
      time.ms += REMOVAL_MS;
      assert.deepEqual((await table.removeExpired()).removed, ["a/second"], "its lease has gone with it");
    });

    it("keeps the first cause of a death", async () => {
      await join("a");
      await table.end(inc("a"), "left");
      assert.deepEqual(await table.end(inc("a"), "reaped"), { kind: "moved" });
      assert.deepEqual(await states(), { a: "dead left" });
    });

    it("forgets the dead after a time, when somebody else dies", async () => {
      await join("a", "b", "c");
      await table.end(inc("a"), "left");
      time.ms += DEAD_KEPT_MS;
      await table.end(inc("b"), "left");
      assert.deepEqual(Object.keys(await states()).toSorted(), ["a", "b", "c"]);
      time.ms += 1;
      await table.end(inc("c"), "left");
      assert.deepEqual(Object.keys(await states()).toSorted(), ["b", "c"]);
    });

    it("remembers only so many of the dead, the latest", async () => {
      for (let index = 0; index <= DEAD_KEPT_MAX; index++) {
        await join(`n${index}`);
        time.ms += 1;
        await table.end(inc(`n${index}`), "left");
      }
      const nodes = Object.keys(await states());
      assert.equal(nodes.length, DEAD_KEPT_MAX);
      assert.ok(!nodes.includes("n0") && nodes.includes(`n${DEAD_KEPT_MAX}`));
    });

    it("is full one day", async () => {
      for (let index = 0; index < MEMBERS_MAX; index++) await join(`n${index}`);
      assert.deepEqual(await table.join(newcomer("more")), { kind: "refused", code: "tableFull" });
      assert.equal((await table.join(newcomer("n0"))).kind, "joined", "who is in it stays");
    });
  });
}

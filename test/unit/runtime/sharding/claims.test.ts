import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../../../runtime/fault.ts";
import { EMPTY_VIEW, learn } from "../../../../runtime/membership/member-view.ts";
import type { MemberState, MemberView } from "../../../../runtime/membership/member-view.ts";
import type { EntityAddress } from "../../../../runtime/persistence/entity-address.ts";
import { Claims } from "../../../../runtime/sharding/claims.ts";
import { FailoverBarrier } from "../../../../runtime/sharding/failover-barrier.ts";
import { MemoryOwnership } from "../../../../runtime/sharding/memory-ownership.ts";
import type { Claim, Claimed, Held } from "../../../../runtime/sharding/ownership.ts";
import { VirtualClock } from "../../../../runtime/time/virtual-clock.ts";
import { memberFacts } from "../../../support/member-facts.ts";

const ROOM: EntityAddress = { type: "room", id: "lobby" };
const BARRIER_MS = 6_000;

/** An ownership that counts what is asked of it, and loses an answer when told to. */
class WatchedOwnership extends MemoryOwnership {
  asked: string[] = [];
  gone: (readonly string[])[] = [];
  losesNext = false;

  override async claim(claim: Claim): Promise<Claimed> {
    this.asked.push(`claim${claim.after === undefined ? "" : " after"}`);
    this.gone.push(claim.gone ?? []);
    const claimed = await super.claim(claim);
    if (!this.losesNext) return claimed;
    this.losesNext = false;
    throw new Fault("redisUnanswered");
  }

  override reassert(held: Held) {
    this.asked.push("reassert");
    return super.reassert(held);
  }
}

class Cluster {
  readonly clock = new VirtualClock(1_700_000_000_000);
  readonly ownership = new WatchedOwnership(this.clock);
  /** What the table says. */
  readonly states: Record<string, MemberState> = {};

  tableView(): MemberView {
    const rows = Object.entries(this.states).map(([node, state]) => ({
      ...memberFacts(node),
      state,
      joinedAtMs: 1,
    }));
    return learn(EMPTY_VIEW, { version: 1, rows }, 0);
  }

  /** A node that has seen the table as it is now. */
  node(name: string) {
    this.states[name] = "up";
    const lost: string[] = [];
    const standing = {
      incarnation: memberFacts(name).incarnation,
      view: this.tableView(),
      isHeld: true,
      refreshes: 0,
      holdsLease: () => standing.isHeld,
      refresh: async () => {
        standing.refreshes++;
        return (standing.view = this.tableView());
      },
    };
    const claims = new Claims({
      ownership: this.ownership,
      member: standing,
      node: name,
      clock: this.clock,
      barrier: new FailoverBarrier(BARRIER_MS),
      shardOf: ({ type }) => type,
      onLost: ({ entity }, by) => void lost.push(`${entity.id} to ${by?.node ?? "nobody"}`),
    });
    return { claims, standing, lost };
  }
}

describe("the claims of a node", () => {
  it("take what is free, and leave what a living node has", async () => {
    const cluster = new Cluster();
    const [a, b] = [cluster.node("a"), cluster.node("b")];
    const acquired = await a.claims.acquire(ROOM);
    assert.ok(acquired.kind === "acquired");
    assert.deepEqual(await b.claims.acquire(ROOM), { kind: "elsewhere", by: acquired.owner });
    assert.deepEqual([a.claims.size, b.claims.size], [1, 0]);
  });

  it("take the place of an owner that is dead", async () => {
    const cluster = new Cluster();
    const [a, b] = [cluster.node("a"), cluster.node("b")];
    const first = await a.claims.acquire(ROOM);
    cluster.states["a"] = "dead";
    await b.standing.refresh();
    const second = await b.claims.acquire(ROOM);
    assert.ok(first.kind === "acquired" && second.kind === "acquired");
    assert.ok(second.owner.ownerEpoch > first.owner.ownerEpoch);
    assert.deepEqual(cluster.ownership.asked, ["claim", "claim"], "nobody asked first who it was");
  });

  it("take the place of one in two steps that died before very many others", async () => {
    const cluster = new Cluster();
    const [a, b] = [cluster.node("a"), cluster.node("b")];
    await a.claims.acquire(ROOM);
    delete cluster.states["a"];
    for (let at = 0; at < 16; at++) cluster.states[`late-${at}`] = "dead";
    cluster.states["a"] = "dead";
    await b.standing.refresh();
    assert.equal((await b.claims.acquire(ROOM)).kind, "acquired");
    assert.deepEqual(cluster.ownership.asked, ["claim", "claim", "claim after"]);
    assert.equal(cluster.ownership.gone.at(-1)?.length, 16);
  });

  it("do not count among the dead who is about to leave, or was only not seen for a moment", async () => {
    const cluster = new Cluster();
    const [a, b] = [cluster.node("a"), cluster.node("b")];
    await a.claims.acquire(ROOM);
    cluster.states["a"] = "leaving";
    await b.standing.refresh();
    assert.equal((await b.claims.acquire(ROOM)).kind, "elsewhere");
    b.standing.view = learn(b.standing.view, { version: 2, rows: [] }, 0);
    assert.equal((await b.claims.acquire(ROOM)).kind, "elsewhere");
    assert.deepEqual(cluster.ownership.gone.flat(), []);
  });

  it("ask the table before they take an owner for dead that they have never heard of", async () => {
    const cluster = new Cluster();
    const b = cluster.node("b");
    const late = cluster.node("late");
    await late.claims.acquire(ROOM);
    assert.equal((await b.claims.acquire(ROOM)).kind, "elsewhere");
    assert.equal(b.standing.refreshes, 1);
    delete cluster.states["late"];
    await b.standing.refresh();
    assert.equal((await b.claims.acquire(ROOM)).kind, "acquired");
  });

  it("are made once when two of one node ask at the same time, and not again for what is owned", async () => {
    const cluster = new Cluster();
    const { claims } = cluster.node("a");
    const [one, other] = await Promise.all([claims.acquire(ROOM), claims.acquire(ROOM)]);
    assert.deepEqual(one, other);
    assert.deepEqual(await claims.acquire(ROOM), one);
    assert.deepEqual(cluster.ownership.asked, ["claim"]);
  });

  it("find out what has become of one whose answer was lost", async () => {
    const cluster = new Cluster();
    const { claims } = cluster.node("a");
    cluster.ownership.losesNext = true;
    await assert.rejects(claims.acquire(ROOM), { code: "redisUnanswered" });
    const lost = await cluster.ownership.lookup(ROOM);
    const acquired = await claims.acquire(ROOM);
    assert.ok(acquired.kind === "acquired" && lost !== undefined);
    assert.ok(acquired.owner.ownerEpoch > lost.ownerEpoch, "what the first one may have begun is fenced");
  });

  it("have a higher epoch after it was in doubt what of an entity is stored", async () => {
    const cluster = new Cluster();
    const { claims } = cluster.node("a");
    const first = await claims.acquire(ROOM);
    claims.doubt(ROOM);
    const second = await claims.acquire(ROOM);
    assert.ok(first.kind === "acquired" && second.kind === "acquired");
    assert.ok(second.owner.ownerEpoch > first.owner.ownerEpoch);
  });

  it("are made by nobody who holds no lease, nor kept when the lease ended meanwhile", async () => {
    const cluster = new Cluster();
    const { claims, standing } = cluster.node("a");
    standing.isHeld = false;
    assert.deepEqual(await claims.acquire(ROOM), { kind: "later", code: "fenced", afterMs: 1_000 });
    assert.deepEqual(cluster.ownership.asked, []);
    standing.isHeld = true;
    const underWay = claims.acquire(ROOM);
    standing.isHeld = false;
    assert.equal((await underWay).kind, "later");
    assert.equal(claims.size, 0);
  });

  it("are given up for others to take", async () => {
    const cluster = new Cluster();
    const [a, b] = [cluster.node("a"), cluster.node("b")];
    await a.claims.acquire(ROOM);
    await a.claims.release(ROOM);
    assert.equal((await b.claims.acquire(ROOM)).kind, "acquired");
    await a.claims.release(ROOM);
    assert.equal((await cluster.ownership.lookup(ROOM))?.node, "b", "a has nothing more to give up");
  });
});

describe("the claims of a node after a failover", () => {
  async function withTwoRooms() {
    const cluster = new Cluster();
    const [a, b] = [cluster.node("a"), cluster.node("b")];
    for (const { claims } of [a, b]) {
      for (const shard of ["room", "desk"]) await claims.observe(shard, "first");
    }
    await a.claims.acquire(ROOM);
    await a.claims.acquire({ type: "room", id: "second" });
    await a.claims.acquire({ type: "desk", id: "other shard" });
    cluster.ownership.asked = [];
    return { cluster, a, b };
  }

  it("are said again, in that shard, and once", async () => {
    const { cluster, a } = await withTwoRooms();
    await a.claims.observe("room", "promoted");
    await a.claims.observe("room", "promoted");
    assert.deepEqual(cluster.ownership.asked, ["reassert", "reassert"]);
    assert.deepEqual(a.lost, []);
  });

  it("wait behind the barrier of that shard for one lease", async () => {
    const { cluster, b } = await withTwoRooms();
    await b.claims.observe("room", "promoted");
    assert.deepEqual(await b.claims.acquire(ROOM), { kind: "later", code: "barrier", afterMs: BARRIER_MS });
    assert.equal((await b.claims.acquire({ type: "desk", id: "free" })).kind, "acquired");
    cluster.clock.advance(BARRIER_MS);
    assert.equal((await b.claims.acquire(ROOM)).kind, "elsewhere");
  });

  it("are not trusted when the failover came between question and answer", async () => {
    const { a } = await withTwoRooms();
    const underWay = a.claims.acquire({ type: "room", id: "third" });
    await a.claims.observe("room", "promoted");
    assert.deepEqual(await underWay, { kind: "later", code: "barrier", afterMs: BARRIER_MS });
  });

  it("end for the loser, which is told to stop", async () => {
    const { cluster, a } = await withTwoRooms();
    const winner = { ownerEpoch: Number.MAX_SAFE_INTEGER, incarnation: "c/1", node: "c" };
    await cluster.ownership.reassert({ entity: ROOM, owner: winner });
    await a.claims.observe("room", "promoted");
    assert.deepEqual(a.lost, ["lobby to c"]);
    assert.equal(a.claims.size, 2);
  });

  it("are not said by a node that holds no lease", async () => {
    const { cluster, a } = await withTwoRooms();
    a.standing.isHeld = false;
    await a.claims.observe("room", "promoted");
    assert.deepEqual(cluster.ownership.asked, []);
  });

  it("do not wait for what was this node's own until it was in doubt, and have a higher epoch", async () => {
    const { cluster, a, b } = await withTwoRooms();
    const before = await cluster.ownership.lookup(ROOM);
    cluster.states["c"] = "dead";
    await a.standing.refresh();
    a.claims.doubt(ROOM);
    await a.claims.observe("room", "promoted");
    await b.claims.observe("room", "promoted");
    assert.equal((await b.claims.acquire({ type: "room", id: "free" })).kind, "later");
    const again = await a.claims.acquire(ROOM);
    assert.ok(again.kind === "acquired" && before !== undefined);
    assert.ok(again.owner.ownerEpoch > before.ownerEpoch);
    assert.deepEqual(cluster.ownership.gone.at(-1), [], "nobody else's place may be taken now");
    cluster.clock.advance(BARRIER_MS);
    await a.claims.acquire({ type: "room", id: "after the barrier" });
    assert.equal(cluster.ownership.gone.at(-1)?.length, 1);
  });

  it("say again what is in doubt, so that nobody takes it for what an earlier owner left", async () => {
    const { cluster, a, b } = await withTwoRooms();
    const own = await cluster.ownership.lookup(ROOM);
    a.claims.doubt(ROOM);
    cluster.ownership.forget(ROOM);
    await a.claims.observe("room", "promoted");
    assert.deepEqual(await cluster.ownership.lookup(ROOM), own);
    cluster.clock.advance(BARRIER_MS);
    assert.equal((await b.claims.acquire(ROOM)).kind, "elsewhere");
  });

  it("wait for the barrier like others when another has become the owner of what was in doubt", async () => {
    const { cluster, a } = await withTwoRooms();
    a.claims.doubt(ROOM);
    const winner = { ownerEpoch: Number.MAX_SAFE_INTEGER, incarnation: "c/1", node: "c" };
    await cluster.ownership.reassert({ entity: ROOM, owner: winner });
    await a.claims.observe("room", "promoted");
    assert.equal((await a.claims.acquire(ROOM)).kind, "later");
    assert.deepEqual(a.lost, [], "it was not here");
  });

  it("wait for what was given to another node", async () => {
    const { a } = await withTwoRooms();
    a.claims.doubt(ROOM);
    a.claims.drop(ROOM);
    await a.claims.observe("room", "promoted");
    assert.equal((await a.claims.acquire(ROOM)).kind, "later");
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../../../runtime/fault.ts";
import type { KnownMember, MemberView } from "../../../../runtime/membership/member-view.ts";
import { ReminderBuckets } from "../../../../runtime/reminders/reminder-buckets.ts";
import type { BucketStore } from "../../../../runtime/reminders/reminder-buckets.ts";
import { VirtualClock } from "../../../../runtime/time/virtual-clock.ts";
import { memberFacts } from "../../../support/member-facts.ts";
import { microtasks } from "../../../support/virtual-system.ts";

class Buckets implements BucketStore {
  readonly buckets = new Set<number>();
  isAway = false;

  async own(bucket: number): Promise<void> {
    if (this.isAway) throw new Fault("redisUnavailable");
    this.buckets.add(bucket);
  }

  leave(bucket: number): void {
    this.buckets.delete(bucket);
  }
}

function viewOf(...names: string[]): MemberView {
  const members = names.map((name): [string, KnownMember] => {
    const facts = { ...memberFacts(name), incarnation: name, roles: ["entities"] };
    return [name, { ...facts, state: "up", joinedAtMs: 0 }];
  });
  return { version: names.length, members: new Map(members) };
}

function node(incarnation: string) {
  const clock = new VirtualClock();
  const store = new Buckets();
  const member = { incarnation, view: viewOf(), holdsLease: () => true };
  let looks = 0;
  const onOwned = (): void => void looks++;
  const buckets = new ReminderBuckets({ store, member, clock, nowMs: () => 0, onOwned });
  const see = async (...names: string[]): Promise<void> => {
    member.view = viewOf(...names);
    buckets.viewChanged();
    await microtasks();
  };
  return { clock, store, member, buckets, see, looks: () => looks };
}

describe("the buckets of reminders of a node", () => {
  it("are all of them for the only one, and each the one of exactly one of several", async () => {
    const nodes = ["a", "b", "c"].map(node);
    await nodes[0]?.see("a");
    assert.equal(nodes[0]?.store.buckets.size, 256);
    for (const one of nodes) await one.see("a", "b", "c");
    const all = nodes.flatMap(({ store }) => [...store.buckets]);
    assert.equal(all.length, 256);
    assert.equal(new Set(all).size, 256);
    for (const { store } of nodes) assert.ok(store.buckets.size > 40);
  });

  it("are those of the others when these are gone", async () => {
    const { store, see, looks } = node("a");
    await see("a", "b");
    const before = looks();
    await see("a");
    assert.equal(store.buckets.size, 256);
    assert.ok(looks() > before, "what was left behind is looked for");
  });

  it("are taken later when Redis was away, and again when another one has taken them by mistake", async () => {
    const { clock, store, see } = node("a");
    store.isAway = true;
    await see("a");
    assert.equal(store.buckets.size, 0);
    store.isAway = false;
    clock.advance(5_000);
    await microtasks();
    assert.equal(store.buckets.size, 256);
    store.leave(7);
    clock.advance(5_000);
    await microtasks();
    assert.equal(store.buckets.size, 256);
  });

  it("are not taken without a lease, nor after the life is over", async () => {
    const { clock, store, member, buckets, see } = node("a");
    member.holdsLease = () => false;
    await see("a");
    assert.equal(store.buckets.size, 0);
    member.holdsLease = () => true;
    clock.advance(5_000);
    await microtasks();
    assert.equal(store.buckets.size, 256);
    buckets.close();
    assert.equal(store.buckets.size, 0);
    clock.advance(60_000);
    await microtasks();
    assert.equal(store.buckets.size, 0);
    assert.equal(clock.step(60_000), false, "no timer is left");
  });
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "node:test";
import { ApiError } from "../../../../../deploy/dev/sls/api-error.ts";
import { ConsumerGroup } from "../../../../../deploy/dev/sls/consumer-group.ts";
import { leaseTimes } from "../../../../../actors/logs/group/lease-times.ts";
import { Membership } from "../../../../../actors/logs/group/membership.ts";

const TIMEOUT_MS = 20_000;
const SHARDS = [0, 1, 2, 3, 4].map((id) => ({ id, parents: [], isReadonly: false, endCursor: "end" }));

describe("the membership in a group", () => {
  it("begins with what it is given, and lets go of what is wanted back only when that is told", () => {
    const membership = new Membership(TIMEOUT_MS);
    assert.deepEqual(membership.answered(["a", "b"], 0, 0), { start: ["a", "b"], stop: [] });
    assert.deepEqual(membership.answered(["a"], 1, 0), { start: [], stop: ["b"] });
    assert.deepEqual(membership.held, ["a", "b"]);
    membership.ended("b");
    assert.deepEqual([membership.hold("b"), membership.held], ["commits", ["a", "b"]]);
    // Given again, it is begun again when it was given back, and not before.
    assert.deepEqual(membership.answered(["a", "b"], 2, 0), { start: [], stop: [] });
    membership.released("b");
    assert.deepEqual(membership.answered(["a", "b"], 3, 0), { start: ["b"], stop: [] });
  });

  it("counts its lease from when a heartbeat was sent, and ends it early enough for what is being stored", () => {
    const membership = new Membership(TIMEOUT_MS);
    membership.answered(["a"], 1_000, 0);
    const { readForMs } = leaseTimes(TIMEOUT_MS);
    assert.ok(readForMs <= TIMEOUT_MS - 5_000);
    assert.equal(membership.hasLapsed(1_000 + readForMs - 1), false);
    assert.equal(membership.hasLapsed(1_000 + readForMs), true);
    assert.deepEqual(membership.lose(), ["a"]);
    assert.deepEqual([membership.mayBeat, membership.hasLapsed(1e9)], [false, false]);
    membership.ended("a");
    assert.equal(membership.mayBeat, true);
  });

  it("does not believe an answer to what it said before it lost its lease", () => {
    const membership = new Membership(TIMEOUT_MS);
    membership.answered(["a"], 0, 0);
    membership.lose();
    membership.ended("a");
    assert.deepEqual(membership.answered(["a", "b"], 5, 0), { start: [], stop: [] });
    assert.deepEqual(membership.answered(["a"], 6, 1), { start: ["a"], stop: [] });
  });

  it("says two heartbeats before it would have to stop reading, and leaves time to store", () => {
    for (const timeoutMs of [2_000, 10_000, 20_000, 60_000, 300_000]) {
      const { beatEveryMs, readForMs } = leaseTimes(timeoutMs);
      assert.ok(beatEveryMs * 2 <= readForMs && beatEveryMs <= 5_000, String(timeoutMs));
      assert.ok(readForMs <= timeoutMs * 0.75);
    }
  });

  it("never has two consumers read a partition at a time, whatever heartbeats and answers are lost", () => {
    fc.assert(fc.property(fc.array(step(), { maxLength: 150 }), (steps) => new Crowd().run(steps)));
  });
});

interface Step {
  readonly who: number;
  readonly passMs: number;
  /** What happens: a heartbeat that comes through, one of which the answer is lost, pullers that end, or nothing but time. */
  readonly what: "beat" | "lostAnswer" | "end" | "nothing";
}

function step(): fc.Arbitrary<Step> {
  return fc.record({
    who: fc.nat({ max: 2 }),
    passMs: fc.nat({ max: 4_000 }),
    what: fc.constantFrom("beat", "beat", "lostAnswer", "end", "end", "nothing"),
  });
}

/** Three consumers and the automaton of the service. */
class Crowd {
  readonly #group = new ConsumerGroup({ timeout: TIMEOUT_MS / 1_000, order: false });
  readonly #members = [0, 1, 2].map(() => new Membership(TIMEOUT_MS));
  #nowMs = 0;

  run(steps: readonly Step[]): void {
    for (const { who, passMs, what } of steps) {
      this.#nowMs += passMs;
      for (const member of this.#members) if (member.hasLapsed(this.#nowMs)) lapse(member);
      const member = this.#members[who] as Membership;
      if (what === "end") end(member);
      else if (what !== "nothing" && member.mayBeat) this.#beat(member, who, what === "beat");
      this.#check();
    }
  }

  #beat(member: Membership, who: number, isHeard: boolean): void {
    const { losses } = member;
    try {
      const granted = this.#group.heartbeat(`c${who}`, member.held.map(Number), SHARDS, this.#nowMs);
      if (isHeard) member.answered(granted.map(String), this.#nowMs, losses);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (isHeard) lapse(member);
    }
  }

  #check(): void {
    const read = this.#members.flatMap((member) => member.all("reads"));
    assert.equal(new Set(read).size, read.length, `read twice: ${read.join(" ")}`);
  }
}

/** What it reads is over in time: the rest of the lease is for that. */
function lapse(member: Membership): void {
  member.lose();
  for (const partition of member.all("stops")) member.ended(partition);
}

function end(member: Membership): void {
  for (const partition of member.all("stops")) member.ended(partition);
  for (const partition of member.all("commits")) member.released(partition);
}

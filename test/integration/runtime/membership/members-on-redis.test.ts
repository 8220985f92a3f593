import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { LeaseTimes } from "../../../../runtime/membership/lease.ts";
import { Member } from "../../../../runtime/membership/member.ts";
import { RedisMembershipTable } from "../../../../runtime/membership/redis-membership-table.ts";
import type { RedisLink } from "../../../../runtime/redis/redis-link.ts";
import { SILENT } from "../../../../runtime/telemetry/silent-log.ts";
import { SystemClock } from "../../../../runtime/time/system-clock.ts";
import { eventually } from "../../../support/eventually.ts";
import { newcomer } from "../../../support/member-facts.ts";
import { openRedis } from "../../../support/open-redis.ts";
import { RedisServer } from "../../../support/redis-server.ts";

/** Long enough for a Redis that starts on a busy machine. */
const LEASE: LeaseTimes = { renewEveryMs: 250, fenceAfterMs: 8_000, ttlMs: 9_000, removeAfterMs: 250 };
const LIMIT_MS = 120_000;
/** Longer than a lease. */
const LAPSED_WITHIN_MS = 40_000;

interface Node {
  readonly member: Member;
  readonly link: RedisLink;
  readonly told: string[];
}

/** Three members, each with a connection of its own, on real time. */
describe("members on a real Redis", { timeout: LIMIT_MS }, () => {
  let server: RedisServer;
  const nodes: Node[] = [];

  before(async () => {
    server = await RedisServer.start({ appendonly: "no" });
    for (const name of ["a", "b", "c"]) nodes.push(await started(name));
  });
  after(async () => {
    for (const { member, link } of nodes) {
      member.close();
      await link.close();
    }
    await server.stop();
  });

  async function started(name: string): Promise<Node> {
    const link = await openRedis(server);
    const told: string[] = [];
    const member = new Member({
      table: new RedisMembershipTable(link.control, { lease: LEASE }),
      lease: LEASE,
      clock: new SystemClock(),
      log: SILENT,
      newcomer: newcomer(name),
      listener: {
        onFenced: (cause) => void told.push(`fenced ${cause}`),
        onRestored: () => void told.push("restored"),
        onViewChanged: (_view, changes) =>
          void told.push(...changes.map(({ kind, member: { node } }) => `${node} ${kind}`)),
        onSourceChanged: () => void told.push("source"),
      },
    });
    assert.equal((await member.join()).kind, "joined");
    await member.serve();
    return { member, link, told };
  }

  const node = (index: number): Node => nodes[index] ?? assert.fail("no such node");
  const standings = () => nodes.map(({ member }) => member.holdsLease());
  const viewOf = ({ member }: Node): string[] =>
    Array.from(member.view.members.values(), ({ node: name, state }) => `${name} ${state}`).toSorted(
      (one, other) => one.localeCompare(other),
    );

  it("see each other", async () => {
    for (const each of nodes) await eventually(() => viewOf(each), ["a up", "b up", "c up"]);
  });

  it("stop themselves while Redis does not answer, and go on as they were when it does", async () => {
    server.pause();
    await eventually(standings, [false, false, false], undefined, LAPSED_WITHIN_MS);
    server.resume();
    await eventually(standings, [true, true, true]);
    const went = (): boolean[] =>
      nodes.map(({ told }) => told.includes("fenced lapsed") && told.includes("restored"));
    await eventually(went, [true, true, true]);
    await eventually(() => viewOf(node(0)), ["a up", "b up", "c up"]);
  });

  it("write their rows again after Redis has lost all of them", async () => {
    await server.kill();
    await server.start();
    await eventually(() => server.cli("hlen", "{m}:nodes"), "3");
    await eventually(standings, [true, true, true]);
    for (const each of nodes) await eventually(() => viewOf(each), ["a up", "b up", "c up"]);
    await eventually(() => node(0).told.includes("source"), true);
  });

  it("take one for dead that says nothing any more", async () => {
    node(2).member.close();
    for (const index of [0, 1]) {
      const seen = (): string[] => viewOf(node(index));
      await eventually(seen, ["a up", "b up", "c dead"], undefined, LAPSED_WITHIN_MS);
    }
    assert.deepEqual(standings(), [true, true, false]);
  });
});

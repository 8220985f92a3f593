import assert from "node:assert/strict";
import { SAFE_LEASE } from "../../runtime/membership/lease.ts";
import { Member } from "../../runtime/membership/member.ts";
import type { Newcomer } from "../../runtime/membership/membership-table.ts";
import { MemoryMembershipTable } from "../../runtime/membership/memory-membership-table.ts";
import { VirtualClock } from "../../runtime/time/virtual-clock.ts";
import { LogRecord } from "./log-record.ts";
import { newcomer } from "./member-facts.ts";
import { ProcessClock } from "./process-clock.ts";
import { ShakyTable } from "./shaky-table.ts";
import { microtasks } from "./virtual-system.ts";

/** A process that is a member, and what it was told: `fenced lapsed`, `restored`, `b up`, `source`. */
export interface MemberProcess {
  readonly member: Member;
  readonly clock: ProcessClock;
  readonly way: ShakyTable;
  readonly log: LogRecord;
  readonly told: string[];
}

/** Several processes, one table and the time between them. */
export class MemberWorld {
  readonly clock = new VirtualClock(1_700_000_000_000);
  readonly table = new MemoryMembershipTable(this.clock, { lease: SAFE_LEASE });

  /** A process of this name that has joined and serves. */
  async start(node: string): Promise<MemberProcess> {
    const clock = new ProcessClock(this.clock);
    const way = new ShakyTable(this.table, this.clock, clock);
    const log = new LogRecord();
    const told: string[] = [];
    const member = new Member({
      table: way,
      lease: SAFE_LEASE,
      clock,
      log,
      newcomer: newcomer(node),
      listener: {
        onFenced: (cause) => void told.push(`fenced ${cause}`),
        onRestored: () => void told.push("restored"),
        onViewChanged: (_view, changes) =>
          void told.push(...changes.map(({ kind, member: { node: of } }) => `${of} ${kind}`)),
        onSourceChanged: () => void told.push("source"),
      },
    });
    assert.equal((await member.join()).kind, "joined");
    await member.serve();
    return { member, clock, way, log, told };
  }

  /** One that has not joined yet, and to whom nobody listens. */
  member(wish: Newcomer): Member {
    return new Member({
      table: this.table,
      lease: SAFE_LEASE,
      clock: new ProcessClock(this.clock),
      log: new LogRecord(),
      newcomer: wish,
      listener: {
        onFenced: () => undefined,
        onRestored: () => undefined,
        onViewChanged: () => undefined,
        onSourceChanged: () => undefined,
      },
    });
  }

  /** Processes that have seen each other; what they were told so far is forgotten. */
  async startAll(...nodes: string[]): Promise<MemberProcess[]> {
    const all: MemberProcess[] = [];
    for (const node of nodes) all.push(await this.start(node));
    await this.advance(SAFE_LEASE.renewEveryMs);
    for (const { told, log } of all) {
      told.length = 0;
      log.lines.length = 0;
    }
    return all;
  }

  /** Lets time pass in all processes that are not paused. */
  async advance(durationMs: number): Promise<void> {
    const endMs = this.clock.nowMs() + durationMs;
    do await microtasks();
    while (this.clock.step(endMs - this.clock.nowMs()));
    this.clock.advance(endMs - this.clock.nowMs());
  }

  /** The states in the table. */
  async states(): Promise<Record<string, string>> {
    const { rows } = await this.table.read();
    return Object.fromEntries(rows.map(({ node, state }) => [node, state]));
  }
}

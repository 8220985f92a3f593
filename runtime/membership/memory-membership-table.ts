import type { Clock } from "../time/clock.ts";
import { beginHold, decideRemoval, MASS_WINDOW_MS } from "./expiry-brake.ts";
import type { Hold } from "./expiry-brake.ts";
import type { LeaseTimes } from "./lease.ts";
import { mayBecome } from "./member-view.ts";
import type { EndCause, MemberRow, MemberState, TableView } from "./member-view.ts";
import { DEAD_KEPT_MAX, DEAD_KEPT_MS, MEMBERS_MAX } from "./membership-table.ts";
import type {
  Joined,
  MembershipTable,
  MembershipTableOptions,
  Moved,
  Newcomer,
  Renewal,
  Renewed,
  Swept,
} from "./membership-table.ts";

interface Entry {
  readonly row: MemberRow;
  readonly token: string;
}

/** A table in the memory of one process: for tests on virtual time, and for clusters that live in one process. */
export class MemoryMembershipTable implements MembershipTable {
  readonly #clock: Clock;
  readonly #times: LeaseTimes;
  readonly #membersMax: number;
  readonly #entries = new Map<string, Entry>();
  readonly #expiryMs = new Map<string, number>();
  /** The dead, the longest dead first: since when, or when the lease lapsed. */
  readonly #endedMs = new Map<string, number>();
  #hold: Hold | undefined;
  #version = 0;
  #source = 1;

  constructor(clock: Clock, { lease, membersMax = MEMBERS_MAX }: MembershipTableOptions) {
    this.#clock = clock;
    this.#times = lease;
    this.#membersMax = membersMax;
  }

  async join({ token, ...facts }: Newcomer): Promise<Joined> {
    const known = this.#entries.get(facts.incarnation);
    if (known?.row.state === "dead") return { kind: "refused", code: "dead" };
    if (known !== undefined && known.token !== token) return { kind: "refused", code: "identityTaken" };
    if (known === undefined && this.#entries.size >= this.#membersMax) {
      return { kind: "refused", code: "tableFull" };
    }
    if (known === undefined) {
      this.#put({ row: { ...facts, state: "joining", joinedAtMs: this.#nowMs() }, token });
    }
    this.#expiryMs.set(facts.incarnation, this.#nowMs() + this.#times.ttlMs);
    return { kind: "joined", source: this.#sourceText(), table: await this.read() };
  }

  async renew({ incarnation, knownVersion }: Renewal): Promise<Renewed> {
    const entry = this.#entries.get(incarnation);
    if (entry === undefined) return { kind: "refused", code: "unknownMember" };
    if (entry.row.state === "dead") return { kind: "refused", code: "dead" };
    const nowMs = this.#nowMs();
    if ((this.#expiryMs.get(incarnation) ?? 0) < nowMs) {
      this.#hold = beginHold(this.#hold, nowMs, this.#times.ttlMs);
    }
    this.#expiryMs.set(incarnation, nowMs + this.#times.ttlMs);
    const table = this.#version === knownVersion ? undefined : await this.read();
    const dueInMs = Math.min(...this.#expiryMs.values()) + this.#times.removeAfterMs - nowMs;
    return { kind: "renewed", source: this.#sourceText(), table, overdue: this.#overdue(), dueInMs };
  }

  async move(incarnation: string, to: "up" | "leaving"): Promise<Moved> {
    return this.#change(incarnation, to);
  }

  async end(incarnation: string, cause: "left" | "reaped" | "expired"): Promise<Moved> {
    return this.#end(incarnation, cause, this.#nowMs());
  }

  async removeExpired(): Promise<Swept> {
    const nowMs = this.#nowMs();
    const { incarnations, hold } = decideRemoval(
      {
        nowMs,
        expiryMs: this.#expiryMs,
        removedExpiryMs: this.#removedLately(nowMs - this.#times.removeAfterMs - MASS_WINDOW_MS),
        hold: this.#hold,
      },
      this.#times,
    );
    this.#hold = hold;
    for (const incarnation of incarnations) {
      this.#end(incarnation, "expired", this.#expiryMs.get(incarnation) ?? nowMs);
    }
    const heldForMs = this.#overdue() === 0 ? 0 : Math.max(0, (hold?.untilMs ?? 0) - nowMs);
    return { removed: incarnations, heldForMs };
  }

  async read(): Promise<TableView> {
    return { version: this.#version, rows: Array.from(this.#entries.values(), ({ row }) => row) };
  }

  async leases(): Promise<ReadonlyMap<string, number>> {
    const nowMs = this.#nowMs();
    return new Map(Array.from(this.#expiryMs, ([incarnation, expiryMs]) => [incarnation, expiryMs - nowMs]));
  }

  /** For tests: forgets everything, as `FLUSHALL` does, or as an empty replica that is promoted. */
  forget(): void {
    for (const kept of [this.#entries, this.#expiryMs, this.#endedMs]) kept.clear();
    this.#hold = undefined;
    this.#version = 0;
    this.#source++;
  }

  #change(incarnation: string, to: MemberState, ended?: MemberRow["ended"]): Moved {
    const entry = this.#entries.get(incarnation);
    if (entry === undefined) return { kind: "refused", code: "unknownMember" };
    const { row, token } = entry;
    if (row.state === to) return { kind: "moved" };
    if (row.state === "dead") return { kind: "refused", code: "dead" };
    if (!mayBecome(row.state, to)) return { kind: "refused", code: "backwards" };
    this.#put({ row: ended === undefined ? { ...row, state: to } : { ...row, state: to, ended }, token });
    return { kind: "moved" };
  }

  #end(incarnation: string, cause: EndCause, atMs: number): Moved {
    if (this.#entries.get(incarnation)?.row.state === "dead") return { kind: "moved" };
    const moved = this.#change(incarnation, "dead", { cause, atMs });
    if (moved.kind === "refused") return moved;
    this.#expiryMs.delete(incarnation);
    this.#endedMs.set(incarnation, atMs);
    this.#forgetDead();
    return moved;
  }

  #forgetDead(): void {
    const oldestMs = this.#nowMs() - DEAD_KEPT_MS;
    const byAge = [...this.#endedMs].toSorted(([, a], [, b]) => a - b);
    const tooMany = byAge.length - DEAD_KEPT_MAX;
    for (const [index, [incarnation, atMs]] of byAge.entries()) {
      if (index >= tooMany && atMs >= oldestMs) continue;
      this.#endedMs.delete(incarnation);
      this.#entries.delete(incarnation);
    }
  }

  #removedLately(sinceMs: number): number[] {
    return [...this.#endedMs]
      .filter(([, atMs]) => atMs >= sinceMs)
      .filter(([incarnation]) => this.#entries.get(incarnation)?.row.ended?.cause === "expired")
      .map(([, atMs]) => atMs);
  }

  #overdue(): number {
    const dueMs = this.#nowMs() - this.#times.removeAfterMs;
    return [...this.#expiryMs.values()].filter((expiryMs) => expiryMs <= dueMs).length;
  }

  #put(entry: Entry): void {
    this.#entries.set(entry.row.incarnation, entry);
    this.#version = Math.max(this.#version + 1, this.#nowMs() * 1_000);
  }

  #nowMs(): number {
    return this.#clock.wallMs();
  }

  #sourceText(): string {
    return `memory/${this.#source}`;
  }
}

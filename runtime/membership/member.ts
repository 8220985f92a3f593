import { Fault } from "../fault.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Cancel, Clock } from "../time/clock.ts";
import { clockJumpMs } from "./clock-jump.ts";
import type { ClockReading } from "./clock-jump.ts";
import { Lease } from "./lease.ts";
import type { LeaseTimes } from "./lease.ts";
import { diffViews, EMPTY_VIEW, learn, mayBecome, revived, settleMissing, stranger } from "./member-view.ts";
import type { MemberChange, MemberState, MemberView, TableView } from "./member-view.ts";
import type { Joined, MembershipTable, Newcomer, Renewed, Swept } from "./membership-table.ts";

/**
 * Why a member may not act. `lapsed`: no renewal was acknowledged in time; the next one may end that. `removed` and `forgotten`
 * are for good: the others count it as dead, or the table has lost it while its lease was over. It needs a new incarnation.
 */
export type FenceCause = "lapsed" | "removed" | "forgotten";

/** Who hears what becomes of a member; called on the main thread, between two turns. */
export interface MemberListener {
  /** Stop everything that only an owner may do, now. */
  onFenced(cause: FenceCause): void;
  /** The lease is held again, under the same incarnation. */
  onRestored(): void;
  /** Each change is told once, in the order in which this node has learnt of it. */
  onViewChanged(view: MemberView, changes: readonly MemberChange[]): void;
  /** Another copy of the store answers: it may have forgotten the latest writes. */
  onSourceChanged(source: string): void;
}

/** What a member is made of. */
export interface MemberParts {
  readonly table: MembershipTable;
  readonly lease: LeaseTimes;
  readonly clock: Clock;
  readonly log: Logger;
  readonly newcomer: Newcomer;
  readonly listener: MemberListener;
}

/** So many renewals may wait for their answers; more would only tell a table that hangs what it knows. */
const RENEWALS_WAITING_MAX = 4;
/** So long after a lease is due for removal it is looked at, in milliseconds: clocks count whole ones. */
const LOOK_LATE_MS = 5;

/**
 * This node as a member of the cluster: keeps its lease, and knows who else belongs. It runs on the main thread on purpose: a blocked event loop
 * is to lose its lease.
 */
export class Member {
  readonly #parts: MemberParts;
  readonly #lease: Lease;
  #standing: "outside" | "held" | "fenced" | "ended" = "outside";
  #view = EMPTY_VIEW;
  /** The state that it wants to be in, and the one that the table has. */
  #wanted: MemberState = "joining";
  #stored: MemberState = "joining";
  #source: string | undefined = undefined;
  /** Looks at the table are numbered as they are sent, because their answers may overtake each other, and a failover may take the table's own number back. */
  #sent = 0;
  #learnt = 0;
  /** When the renewals were sent that have no answer yet. */
  readonly #waiting = new Set<{ readonly sentAtMs: number }>();
  /** Dead members that a failover has brought back in the table. */
  readonly #revived = new Set<string>();
  #isSweeping = false;
  #isHeld = false;
  #lastFault: Fault | undefined = undefined;
  #reading: ClockReading;
  #stopTicking: Cancel | undefined = undefined;
  #stopFence: Cancel | undefined = undefined;
  #stopLooking: Cancel | undefined = undefined;

  constructor(parts: MemberParts) {
    this.#parts = parts;
    this.#lease = new Lease(parts.lease);
    this.#reading = this.#readClocks();
  }

  get incarnation(): string {
    return this.#parts.newcomer.incarnation;
  }

  get view(): MemberView {
    return this.#view;
  }

  /** Whether this node may act as a member at this moment. To be asked before anything becomes visible that only an owner may do: after a pause it notices before any timer does. */
  holdsLease(): boolean {
    if (this.#standing === "held" && !this.#lease.isHeldAt(this.#parts.clock.nowMs())) this.#fence("lapsed");
    return this.#standing === "held";
  }

  /** Enters the table, and leaves it at once when nobody there would understand it. May be repeated after a rejection. @throws Fault of the store */
  async join(): Promise<Joined> {
    const joined = await this.#join();
    if (joined.kind === "joined" && this.#stopTicking === undefined && this.#isStranger(joined.table)) {
      await this.leave();
      return { kind: "refused", code: "incompatible" };
    }
    if (joined.kind === "joined" && this.#stopTicking === undefined) {
      this.#stopTicking = this.#parts.clock.after(this.#parts.lease.renewEveryMs, this.#tick);
    }
    return joined;
  }

  /** Takes entities from now on. When this rejects, the member goes on trying. @throws Fault of the store */
  serve(): Promise<void> {
    return this.#become("up");
  }

  /** Takes no new entities. When this rejects, the member goes on trying. @throws Fault of the store */
  drain(): Promise<void> {
    return this.#become("leaving");
  }

  /** Leaves for good; a table that cannot be reached will see the lease lapse. @throws Fault of the store */
  async leave(): Promise<void> {
    this.close();
    await this.#parts.table.end(this.incarnation, "left");
  }

  /** Reads the table now: whoever is not in it after that has no row. @throws Fault of the store */
  async refresh(): Promise<MemberView> {
    const number = ++this.#sent;
    this.#learn(number, await this.#parts.table.read());
    return this.#view;
  }

  /** Renews no more and tells nobody: the process ends, or the lease is left to lapse. */
  close(): void {
    this.#standing = "ended";
    this.#stopTicking?.();
    this.#stopFence?.();
    this.#stopLooking?.();
  }

  /** A cluster rolls to another version over one that both speak: in between there is no way to be understood by all. */
  #isStranger(table: TableView): boolean {
    const { newcomer, log } = this.#parts;
    const other = stranger(newcomer, table);
    if (other === undefined) return false;
    const { min, max } = other.protocol;
    const ours = newcomer.protocol;
    log.error("cluster.incompatible", {
      node: other.node,
      theirs: `${min} to ${max}`,
      ours: `${ours.min} to ${ours.max}`,
    });
    return true;
  }

  async #join(): Promise<Joined> {
    const number = ++this.#sent;
    const sentAtMs = this.#parts.clock.nowMs();
    const joined = await this.#parts.table.join(this.#parts.newcomer);
    if (joined.kind === "joined" && this.#standing !== "ended") {
      this.#acknowledged(sentAtMs, joined.source);
      this.#learn(number, joined.table);
    }
    return joined;
  }

  readonly #tick = (): void => {
    this.#lookAtClocks();
    if (this.#isOver()) return;
    const { clock, lease } = this.#parts;
    this.#stopTicking = clock.after(lease.renewEveryMs, this.#tick);
    this.#tell(settleMissing(this.#view, clock.nowMs(), lease.ttlMs + lease.removeAfterMs));
    this.#mend();
    this.#renew();
  };

  #renew(): void {
    const { clock, table, lease } = this.#parts;
    const sentAtMs = clock.nowMs();
    for (const waiting of this.#waiting) {
      if (sentAtMs - waiting.sentAtMs > lease.ttlMs) this.#waiting.delete(waiting);
    }
    if (this.#waiting.size >= RENEWALS_WAITING_MAX) return;
    const number = ++this.#sent;
    const renewal = { sentAtMs };
    this.#waiting.add(renewal);
    const answer = table
      .renew({ incarnation: this.incarnation, knownVersion: this.#view.version })
      .finally(() => this.#waiting.delete(renewal));
    this.#follow(answer, (renewed) => {
      if (!this.#isOver()) this.#renewed(renewed, { number, sentAtMs });
    });
  }

  #renewed(renewed: Renewed, sent: { number: number; sentAtMs: number }): void {
    if (renewed.kind === "renewed") {
      this.#acknowledged(sent.sentAtMs, renewed.source);
      if (renewed.table !== undefined) this.#learn(sent.number, renewed.table);
      this.#isHeld &&= renewed.overdue > 0;
      if (renewed.overdue > 0) this.#sweep();
      else this.#lookWhenDue(renewed.dueInMs);
    } else if (renewed.code === "dead") this.#fence("removed");
    // Nobody can have taken its place while it held its lease, so it writes its row again. Later it may be a stranger.
    else if (this.holdsLease()) this.#follow(this.#join(), () => {});
    else this.#fence("forgotten");
  }

  /** At the moment at which a lease is over that nobody renews, and not a renewal later: then all members learn of that death together. */
  #lookWhenDue(dueInMs: number): void {
    const { clock, lease } = this.#parts;
    this.#stopLooking?.();
    if (dueInMs >= lease.renewEveryMs) return;
    this.#stopLooking = clock.after(dueInMs + LOOK_LATE_MS, () => this.#renew());
  }

  #acknowledged(sentAtMs: number, source: string): void {
    // A lease that was over is told to be over, also when a pause has hidden it until now.
    this.holdsLease();
    this.#lease.acknowledge(sentAtMs);
    // Before it may act again: after a failover the barrier is to stand first.
    this.#noteSource(source);
    // An answer that comes too late leaves the timer alone, which may be late as well.
    if (this.#isOver() || !this.#lease.isHeldAt(this.#parts.clock.nowMs())) return;
    const wasFenced = this.#standing === "fenced";
    this.#standing = "held";
    this.#watchLease();
    if (!wasFenced) return;
    this.#parts.log.warn("cluster.memberRestored", { incarnation: this.incarnation });
    this.#parts.listener.onRestored();
  }

  /** A platform's timer counts whole milliseconds and may come early: while the lease is held, it is set again. */
  readonly #watchLease = (): void => {
    this.#stopFence?.();
    if (!this.holdsLease()) return;
    const { clock } = this.#parts;
    this.#stopFence = clock.after(this.#lease.fenceAtMs - clock.nowMs(), this.#watchLease);
  };

  #noteSource(source: string): void {
    const { log, listener } = this.#parts;
    const before = this.#source;
    this.#source = source;
    if (before === undefined || before === source) return;
    log.warn("cluster.storeChanged", { before, source });
    listener.onSourceChanged(source);
  }

  #learn(number: number, table: TableView): void {
    if (number <= this.#learnt || this.#isOver()) return;
    this.#learnt = number;
    for (const incarnation of revived(this.#view, table)) this.#revived.add(incarnation);
    this.#stored = table.rows.find((row) => row.incarnation === this.incarnation)?.state ?? "joining";
    // An operator has it drain: it must not serve again when a failover has lost that.
    if (this.#stored === "leaving") this.#wanted = "leaving";
    this.#tell(learn(this.#view, table, this.#parts.clock.nowMs()));
  }

  #tell(view: MemberView): void {
    const changes = diffViews(this.#view, view);
    this.#view = view;
    if (changes.length === 0) return;
    for (const { kind, member } of changes) {
      this.#parts.log.info("cluster.memberChanged", {
        incarnation: member.incarnation,
        state: kind,
        cause: member.ended?.cause,
      });
    }
    this.#parts.listener.onViewChanged(view, changes);
  }

  /** Writes again what a failover has taken back. */
  #mend(): void {
    const { table } = this.#parts;
    if (this.#wanted !== this.#stored && mayBecome(this.#stored, this.#wanted)) {
      this.#follow(this.#become(this.#wanted), () => {});
    }
    for (const incarnation of this.#revived) {
      this.#follow(table.end(incarnation, "expired"), () => void this.#revived.delete(incarnation));
    }
  }

  async #become(wanted: MemberState): Promise<void> {
    this.#wanted = wanted;
    if (wanted !== "up" && wanted !== "leaving") return;
    await this.#parts.table.move(this.incarnation, wanted);
    await this.refresh();
  }

  #sweep(): void {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    this.#follow(
      this.#parts.table.removeExpired().finally(() => (this.#isSweeping = false)),
      (swept) => this.#swept(swept),
    );
  }

  #swept({ removed, heldForMs }: Swept): void {
    if (heldForMs > 0 && !this.#isHeld) this.#parts.log.warn("cluster.removalsHeld", { heldForMs });
    this.#isHeld = heldForMs > 0;
    // Where nobody was removed, another member may have done it a moment before.
    if (removed.length > 0 || heldForMs === 0) this.#follow(this.refresh(), () => {});
  }

  #fence(cause: FenceCause): void {
    if (this.#standing === "ended") return;
    const isFinal = cause !== "lapsed";
    if (isFinal) this.close();
    this.#standing = isFinal ? "ended" : "fenced";
    this.#parts.log.error("cluster.memberFenced", {
      incarnation: this.incarnation,
      cause,
      why: this.#lastFault?.message,
    });
    this.#parts.listener.onFenced(cause);
  }

  #lookAtClocks(): void {
    const before = this.#reading;
    this.#reading = this.#readClocks();
    const jumpMs = clockJumpMs(before, this.#reading);
    if (jumpMs > 0) this.#parts.log.warn("cluster.clockJumped", { jumpMs });
  }

  #readClocks(): ClockReading {
    return { nowMs: this.#parts.clock.nowMs(), wallMs: this.#parts.clock.wallMs() };
  }

  /** What fails because of the store is tried again by the next tick. */
  #follow<T>(answer: Promise<T>, then: (answer: T) => void): void {
    void answer.then(then, (error: unknown) => {
      if (!(error instanceof Fault)) throw error;
      this.#lastFault = error;
    });
  }

  #isOver(): boolean {
    return this.#standing === "ended";
  }
}

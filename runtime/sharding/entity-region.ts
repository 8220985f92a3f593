import type { TaggedMessage } from "../../protocols/protocol.ts";
import type { OpenAsk, Verdict } from "../actor/actor-ref.ts";
import type { Whereabouts } from "../cluster/region.ts";
import { Fault, passOverFault } from "../fault.ts";
import type { ActorSystem } from "../kernel/actor-system.ts";
import type { Cell } from "../kernel/cell.ts";
import type { MemberChange, MemberView } from "../membership/member-view.ts";
import { entityText } from "../persistence/entity-address.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import type { Owner } from "../persistence/journal.ts";
import type { Mail } from "../remote/post.ts";
import type { Remote } from "../remote/remote.ts";
import type { Claims, Standing } from "./claims.ts";
import type { EntityHost } from "./entity-host.ts";
import { EntityMail } from "./entity-mail.ts";
import type { EntityOwners } from "./entity-owners.ts";
import type { EntityType } from "./entity-type.ts";
import { HandOffs } from "./hand-offs.ts";
import { MemberMap } from "./member-map.ts";
import type { Held, Ownership } from "./ownership.ts";
import { Routes } from "./routes.ts";
import type { EntityRouter } from "./routing.ts";
import { RegionDoor } from "./region-door.ts";
import type { Transit } from "./transit.ts";
import { TransitSteps } from "./transit-steps.ts";
import { Transits } from "./transits.ts";
import { TurnedAway } from "./turned-away.ts";

/** After the members have changed entities stay where they are for so long, so that several changes are one; in milliseconds. */
const SETTLE_MS = 500;
/** How often a drain looks what is left, in milliseconds. */
const DRAIN_LOOK_MS = 50;
/** How long an entity may take to be claimed again between two lives, in milliseconds. */
const CLAIM_AGAIN_MAX_MS = 5_000;
const CLAIM_AGAIN_PAUSE_MS = 250;

/** What a region is made of. */
export interface EntityRegionParts {
  readonly system: ActorSystem;
  readonly entities: EntityHost;
  readonly remote: Remote;
  readonly claims: Claims;
  readonly ownership: Ownership;
  readonly member: Standing;
}

/**
 * The entities of a cluster as one node reaches them, for one life of that node as a member: those that belong here are claimed and run here, what is meant for the
 * others is sent to where they are. What one sender sends to one entity arrives in its order, also while the entity moves.
 */
export class EntityRegion implements EntityRouter, EntityOwners {
  readonly #parts: EntityRegionParts;
  readonly #members: MemberMap;
  readonly #mail: EntityMail;
  readonly #transits: Transits;
  readonly #routes: Routes;
  readonly #turnedAway = new TurnedAway();
  readonly #steps: TransitSteps;
  readonly #handOffs: HandOffs;
  readonly #door: RegionDoor;
  #isSettling = false;
  #isClosed = false;

  constructor(parts: EntityRegionParts) {
    const { system, remote, member } = parts;
    this.#parts = parts;
    this.#members = new MemberMap(member);
    this.#mail = new EntityMail(system, remote);
    this.#transits = new Transits(system, (transit) => this.#expired(transit));
    this.#routes = new Routes(system.clock);
    const shared = {
      ...parts,
      transits: this.#transits,
      routes: this.#routes,
      turnedAway: this.#turnedAway,
      mail: this.#mail,
      where: this.#members,
    };
    this.#steps = new TransitSteps(shared);
    this.#handOffs = new HandOffs({ ...shared, steps: this.#steps });
    this.#door = new RegionDoor({ ...shared, steps: this.#steps });
    parts.entities.routeBy(this);
    remote.enter(this.#door);
  }

  /** What waits, and what is remembered, for operators. */
  get counts() {
    return {
      transits: this.#transits.size,
      waiting: this.#transits.waiting,
      routes: this.#routes.size,
      turnedAway: this.#turnedAway.size,
      handOffs: this.#handOffs.size,
      owned: this.#parts.claims.size,
    };
  }

  /** Where an entity is, or would be. @throws Fault of the store */
  async whereIs(entity: EntityAddress): Promise<Whereabouts> {
    const by = await this.#parts.ownership.lookup(entity);
    if (by !== undefined && this.#members.isAlive(by.incarnation)) return { kind: "owned", by };
    const type = this.#parts.entities.type(entity.type);
    const belongsTo = type && this.#members.home({ type, key: entityText(entity) });
    return { kind: "free", belongsTo };
  }

  // For whoever keeps the member.

  viewChanged(_view: MemberView, changes: readonly MemberChange[]): void {
    this.#members.learn();
    for (const { kind, member } of changes) {
      if (kind !== "dead") continue;
      this.#parts.remote.peerEnded(member.incarnation);
      this.#door.nodeEnded(member.incarnation);
    }
    for (const transit of this.#transits.all()) this.#steps.advance(transit);
    if (this.#isSettling) return;
    this.#isSettling = true;
    this.#parts.system.clock.after(SETTLE_MS, () => {
      this.#isSettling = false;
      if (!this.#isClosed) this.#handOffs.rebalance();
    });
  }

  /** The lease is over: entities leave memory at once, and nothing more is said in their name. */
  fenced(): void {
    const { claims, entities, member } = this.#parts;
    claims.doubtAll();
    const fault = new Fault("fenced", { node: member.incarnation, why: "the lease has lapsed" });
    for (const type of entities.types()) for (const place of type.all()) place.drop(fault);
    for (const transit of this.#transits.all()) {
      this.#steps.refuseAll(transit, "fenced");
      this.#steps.advance(transit);
    }
  }

  /** The lease is held again: the next message to an entity claims it anew. */
  restored(): void {
    for (const transit of this.#transits.all()) this.#steps.advanceSoon(transit);
  }

  /** Another is the owner of an entity that is here. */
  lost({ entity }: Held): void {
    const place = this.#parts.entities.type(entity.type)?.present(entity.id);
    place?.drop(new Fault("fenced", { entity: entityText(entity), why: "it was lost in a failover" }));
  }

  /** Gives everything that is in memory here to other nodes; resolves when this node owns nothing any more. Afterwards others must not place entities here. */
  async drain(): Promise<void> {
    const { claims, entities, system } = this.#parts;
    const isEmpty = (): boolean =>
      entities.activeCount === 0 && this.#handOffs.size === 0 && claims.size === 0;
    this.#members.learn();
    do {
      while (!this.#isClosed && !isEmpty()) {
        this.#handOffs.rebalance();
        await new Promise<void>((resolve) => system.clock.after(DRAIN_LOOK_MS, resolve));
        this.#releaseIdle();
      }
      await this.#door.part();
      // One that was on its way here when this node began to leave has come meanwhile.
    } while (!this.#isClosed && !isEmpty());
  }

  /** What is owned and not in memory is given up. */
  #releaseIdle(): void {
    for (const { entity } of this.#parts.claims.held()) {
      const key = entityText(entity);
      if (this.#transits.get(key) === undefined) void this.#release(entity, undefined);
    }
  }

  /** This life is over: whatever is here leaves memory, and what waits is refused. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#handOffs.close();
    this.#door.close();
    this.fenced();
    for (const transit of this.#transits.all()) this.#transits.close(transit);
    this.#parts.remote.enter(undefined);
    this.#parts.entities.routeBy(undefined);
  }

  // For references of this node.

  send(type: EntityType, id: string, message: TaggedMessage, ask: OpenAsk | undefined): Verdict {
    const key = entityText({ type: type.type, id });
    const mail = this.#mail.of(type, message, ask);
    const transit = this.#transits.get(key);
    if (transit !== undefined) return this.#wait(transit, mail);
    const to = this.#routes.get(key) ?? this.#members.home({ type, key });
    if (to === undefined) return refused(ask, "entityMoving", key);
    if (to !== this.#members.self) {
      return this.#routes.set(key, to) ? this.#parts.remote.post.send(to, key, mail) : "busy";
    }
    if (!this.#parts.member.holdsLease()) return refused(ask, "fenced", key);
    const opened = this.#transits.open(type, id);
    if (opened === undefined) return "busy";
    opened.fresh.push(mail);
    this.#steps.advance(opened);
    return "accepted";
  }

  watch(type: EntityType, id: string, watcher: Cell, message: TaggedMessage): void {
    const key = entityText({ type: type.type, id });
    const watch = this.#parts.remote.post.farWatches.add({ watcher, address: key, message });
    if (watch === undefined) return;
    const to = this.#routes.get(key);
    const transit = this.#transits.get(key);
    if (transit === undefined && to !== undefined) this.#parts.remote.post.send(to, key, { watch });
    else if (transit !== undefined) this.#wait(transit, { watch });
    // Whoever owns it says so: a watch brings nobody into memory.
    else void this.#watchOwner(type, id, { watch });
  }

  belongsHere(type: EntityType, id: string): boolean {
    const key = entityText({ type: type.type, id });
    const isUnderWay = this.#transits.get(key) !== undefined;
    return !isUnderWay && this.#members.home({ type, key }) === this.#members.self;
  }

  unwatch(type: EntityType, id: string, watcher: Cell): void {
    this.#parts.remote.post.farWatches.end(watcher, entityText({ type: type.type, id }));
  }

  async #watchOwner(
    type: EntityType,
    id: string,
    mail: Extract<Mail, { readonly watch: unknown }>,
  ): Promise<void> {
    const entity = { type: type.type, id };
    const owner = await this.#parts.ownership.lookup(entity).catch(() => undefined);
    const to = owner?.incarnation;
    const isElsewhere = to !== undefined && to !== this.#members.self && this.#members.isAlive(to);
    if (type.presentCell(id) !== undefined) this.#mail.give({ type, id, key: entityText(entity) }, mail);
    else if (isElsewhere) this.#parts.remote.post.send(to, entityText(entity), mail);
    else mail.watch.stopped();
  }

  #wait(transit: Transit, mail: Mail): Verdict {
    if (!transit.hasRoom) return "busy";
    transit.fresh.push(mail);
    return "accepted";
  }

  // For the entities of this node.

  acquire(entity: EntityAddress): Owner | Promise<Owner> {
    return this.owned(entity) ?? this.#acquireAgain(entity);
  }

  owned(entity: EntityAddress): Owner | undefined {
    return this.#parts.claims.owned(entity);
  }

  mayAct(): boolean {
    return !this.#isClosed && this.#parts.member.holdsLease();
  }

  doubt(entity: EntityAddress): void {
    this.#parts.claims.doubt(entity);
  }

  release(entity: EntityAddress, lastWrite: Promise<void> | undefined): void {
    const transit = this.#transits.get(entityText(entity));
    if (transit !== undefined && this.#handOffs.left(transit)) return;
    void this.#release(entity, lastWrite);
    if (transit !== undefined) this.#steps.advance(transit);
  }

  async #release(entity: EntityAddress, lastWrite: Promise<void> | undefined): Promise<void> {
    await lastWrite;
    const isBack = this.#parts.entities.type(entity.type)?.present(entity.id) !== undefined;
    // What the store does not answer is mended by whoever claims it once this node is gone.
    if (!isBack) await this.#parts.claims.release(entity).catch(passOverFault);
  }

  async #acquireAgain(entity: EntityAddress): Promise<Owner> {
    const { claims, system } = this.#parts;
    const untilMs = system.clock.nowMs() + CLAIM_AGAIN_MAX_MS;
    for (;;) {
      const acquired = await claims.acquire(entity).catch(laterUnlessBug);
      if (acquired.kind === "acquired") return await this.#owned(entity, acquired.owner);
      const by = acquired.kind === "elsewhere" ? acquired.by.incarnation : acquired.code;
      if (acquired.kind === "elsewhere" || acquired.code === "fenced" || system.clock.nowMs() >= untilMs) {
        throw new Fault("fenced", { entity: entityText(entity), by });
      }
      await new Promise<void>((resolve) => system.clock.after(CLAIM_AGAIN_PAUSE_MS, resolve));
    }
  }

  /** Between two lives it may have left memory: then nobody would ever give it up. */
  async #owned(entity: EntityAddress, owner: Owner): Promise<Owner> {
    if (this.#parts.entities.type(entity.type)?.present(entity.id) !== undefined) return owner;
    await this.#release(entity, undefined);
    throw new Fault("fenced", { entity: entityText(entity), why: "it has left memory" });
  }

  /** It has waited for long enough. */
  #expired(transit: Transit): void {
    this.#transits.again(transit);
    if (transit.work === "handing") return;
    if (transit.incoming?.isComplete === false) return this.#door.complete(transit, transit.incoming.from);
    this.#steps.refuseAll(transit);
    this.#steps.advance(transit);
  }
}

/** What the store does not answer is unknown: asking again finds out. */
function laterUnlessBug(error: unknown): { readonly kind: "later"; readonly code: "unanswered" } {
  if (error instanceof Fault) return { kind: "later", code: "unanswered" };
  throw error;
}

function refused(ask: OpenAsk | undefined, code: "entityMoving" | "fenced", key: string): Verdict {
  ask?.refuse(new Fault(code, { address: key }));
  return "busy";
}

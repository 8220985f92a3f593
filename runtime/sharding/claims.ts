import type { MemberView } from "../membership/member-view.ts";
import { entityKey } from "../persistence/entity-address.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import type { Owner } from "../persistence/journal.ts";
import type { Clock } from "../time/clock.ts";
import type { FailoverBarrier } from "./failover-barrier.ts";
import { LatestDead } from "./latest-dead.ts";
import type { Claim, Claimed, EntityOwner, Held, Ownership } from "./ownership.ts";

/** What claims need to know of membership. */
export interface Standing {
  readonly incarnation: string;
  readonly view: MemberView;
  holdsLease(): boolean;
  refresh(): Promise<MemberView>;
}

/** What became of the wish to own an entity. `later`: nobody may claim now; ask again after so long. */
export type Acquired =
  | { readonly kind: "acquired"; readonly owner: EntityOwner }
  | { readonly kind: "elsewhere"; readonly by: EntityOwner }
  | Later;

interface Later {
  readonly kind: "later";
  readonly code: "fenced" | "barrier";
  readonly afterMs: number;
}

/** What claims are made of. */
export interface ClaimsParts {
  readonly ownership: Ownership;
  readonly member: Standing;
  readonly node: string;
  readonly clock: Clock;
  readonly barrier: FailoverBarrier;
  /** The shard of the store in which an entity is. */
  shardOf(entity: EntityAddress): string;
  /** Another is the owner: stop the entity, and store nothing more. */
  onLost(held: Held, by: EntityOwner | undefined): void;
}

/** How soon a node that holds no lease should ask again, in milliseconds. */
const FENCED_RETRY_MS = 1_000;
/** So many owners are written again at a time after a failover, so that new claims find room between them. */
const REASSERTS_AT_A_TIME = 64;
/** How often a claim is tried again when another owner turns out to be dead in the meantime. */
const CLAIMS_MAX = 3;
/** So many of those who died last go along with a claim; the place of one who died before them is taken in two steps. */
const GONE_MAX = 16;
/** So many entities are remembered that are in doubt; what is more waits for the end of a barrier like what others had. */
const DOUBTED_MAX = 100_000;

/** What this node owns: takes entities that are free or whose owner is dead, never those of the living, and says so again after a failover. */
export class Claims {
  readonly #parts: ClaimsParts;
  readonly #held = new Map<string, Held>();
  /** What this node owned, and does not act for until it has a higher epoch. */
  readonly #doubted = new Map<string, Held>();
  readonly #underWay = new Map<string, Promise<Acquired>>();
  readonly #gone = new LatestDead(GONE_MAX);

  constructor(parts: ClaimsParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#held.size;
  }

  /** Becomes the owner of an entity, unless a living node is. @throws Fault of the store; then it is unknown, and asking again finds out */
  acquire(entity: EntityAddress): Promise<Acquired> {
    const key = entityKey(entity);
    const held = this.#held.get(key);
    if (held !== undefined && this.#parts.member.holdsLease()) {
      return Promise.resolve({ kind: "acquired", owner: held.owner });
    }
    // Two claims of one node at a time would fence each other.
    return this.#underWay.get(key) ?? this.#begin(entity, key);
  }

  /** All that this node owns. */
  held(): readonly Held[] {
    return [...this.#held.values()];
  }

  /** As whom this node owns an entity; undefined when it does not, or its lease is over. */
  owned(entity: EntityAddress): EntityOwner | undefined {
    return this.#parts.member.holdsLease() ? this.#held.get(entityKey(entity))?.owner : undefined;
  }

  /**
   * Takes the place of an owner that gives the entity to this node; of exactly that one.
   * @throws Fault of the store; then it is unknown, and `acquire` finds out
   */
  takeOver(entity: EntityAddress, after: Owner): Promise<Acquired> {
    const key = entityKey(entity);
    return this.#underWay.get(key) ?? this.#begin(entity, key, after);
  }

  /** Gives an entity up, after its last write. @throws Fault of the store; a later claim of any node mends that once this one is gone */
  async release(entity: EntityAddress): Promise<void> {
    const key = entityKey(entity);
    const held = this.#held.get(key);
    if (held === undefined) return;
    this.#held.delete(key);
    await this.#parts.ownership.release(held);
  }

  /** Forgets one entity without a word to the store: another node was told that it may take it. */
  drop(entity: EntityAddress): void {
    const key = entityKey(entity);
    this.#held.delete(key);
    this.#doubted.delete(key);
  }

  /** It is in doubt what of an entity is stored: the next claim has a higher epoch, and fences what is still under way. No barrier holds it up, since nobody else can have become the owner. */
  doubt(entity: EntityAddress): void {
    const key = entityKey(entity);
    const held = this.#held.get(key);
    this.#held.delete(key);
    if (held !== undefined && this.#doubted.size < DOUBTED_MAX) this.#doubted.set(key, held);
  }

  /** All of them are in doubt: this node was fenced and its entities have stopped. */
  doubtAll(): void {
    for (const { entity } of this.held()) this.doubt(entity);
  }

  /** Notes which copy answers for a shard. After a failover all that is owned there is said again; resolves when it was, or rejects with a Fault: then call again. */
  async observe(shard: string, source: string, forMs?: number): Promise<void> {
    const { barrier, clock } = this.#parts;
    if (barrier.observe(shard, source, clock.nowMs(), forMs)) await this.reassert(shard);
  }

  /** Says again everything that is owned in a shard; harmless to repeat. @throws Fault of the store */
  async reassert(shard: string): Promise<void> {
    const all = [...this.#held.values(), ...this.#doubted.values()];
    const owned = all.filter(({ entity }) => this.#parts.shardOf(entity) === shard);
    for (let at = 0; at < owned.length; at += REASSERTS_AT_A_TIME) {
      if (!this.#parts.member.holdsLease()) return;
      await Promise.all(owned.slice(at, at + REASSERTS_AT_A_TIME).map((held) => this.#reassertOne(held)));
    }
  }

  async #reassertOne(held: Held): Promise<void> {
    const key = entityKey(held.entity);
    if (this.#held.get(key) !== held && this.#doubted.get(key) !== held) return;
    const answer = await this.#parts.ownership.reassert(held);
    if (answer.kind === "held") return;
    if (this.#doubted.get(key) === held) this.#doubted.delete(key);
    if (this.#held.get(key) !== held) return;
    this.#held.delete(key);
    this.#parts.onLost(held, answer.by);
  }

  #begin(entity: EntityAddress, key: string, after?: Owner): Promise<Acquired> {
    const underWay = this.#acquire(entity, key, after);
    this.#underWay.set(key, underWay);
    const end = (): void => void this.#underWay.delete(key);
    underWay.then(end, end);
    return underWay;
  }

  async #acquire(entity: EntityAddress, key: string, after: Owner | undefined): Promise<Acquired> {
    const shard = this.#parts.shardOf(entity);
    const generation = this.#parts.barrier.generationOf(shard);
    const later = this.#mustWait(shard);
    const own = later?.code === "barrier" ? await this.#stillOwn(entity) : undefined;
    if (later !== undefined && own === undefined) return later;
    // Behind a barrier nothing is taken but what was this node's own.
    const gone = own === undefined ? this.#gone.of(this.#parts.member.view) : [];
    const claim = this.#claimOf(entity, gone, own ?? after);
    const first = await this.#parts.ownership.claim(claim);
    const claimed = first.kind === "owned" ? await this.#insist(claim, first) : first;
    if (claimed.kind === "owned") return { kind: "elsewhere", by: claimed.by };
    // Claimed of a copy that is not asked any more: it may be forgotten, and so may be the owner before.
    if (generation !== this.#parts.barrier.generationOf(shard)) return this.#barred(shard);
    if (!this.#parts.member.holdsLease()) return { kind: "later", code: "fenced", afterMs: FENCED_RETRY_MS };
    this.#held.set(key, { entity, owner: claimed.owner });
    this.#doubted.delete(key);
    return { kind: "acquired", owner: claimed.owner };
  }

  /** As whom this node owned an entity that is in doubt, if the store agrees to that; it is said again, because a failover may have lost it. */
  async #stillOwn(entity: EntityAddress): Promise<Owner | undefined> {
    const doubted = this.#doubted.get(entityKey(entity));
    if (doubted === undefined) return undefined;
    await this.#reassertOne(doubted);
    return this.#doubted.get(entityKey(entity)) === doubted ? doubted.owner : undefined;
  }

  #claimOf(entity: EntityAddress, gone: readonly string[], after: Owner | undefined): Claim {
    const { member, node } = this.#parts;
    const claim = { entity, gone, node, incarnation: member.incarnation };
    return after === undefined ? claim : { ...claim, after };
  }

  /** Another owner may turn out to be dead in the meantime: then its place is taken. */
  async #insist(claim: Claim, first: Claimed & { readonly kind: "owned" }): Promise<Claimed> {
    let claimed: Claimed = first;
    for (let tries = 1; tries < CLAIMS_MAX && claimed.kind === "owned"; tries++) {
      if (!(await this.#isGone(claimed.by))) return claimed;
      claimed = await this.#parts.ownership.claim({ ...claim, after: claimed.by });
    }
    return claimed;
  }

  /** Whether an owner is no more: a dead member, one that not even a fresh look at the table finds, or an earlier claim of this very node whose answer was lost. */
  async #isGone({ incarnation }: EntityOwner): Promise<boolean> {
    const { member } = this.#parts;
    if (incarnation === member.incarnation) return true;
    const known = member.view.members.get(incarnation) ?? (await member.refresh()).members.get(incarnation);
    return known === undefined || known.state === "dead";
  }

  #mustWait(shard: string): Later | undefined {
    if (!this.#parts.member.holdsLease()) return { kind: "later", code: "fenced", afterMs: FENCED_RETRY_MS };
    return this.#parts.barrier.standsForMs(shard, this.#parts.clock.nowMs()) > 0
      ? this.#barred(shard)
      : undefined;
  }

  #barred(shard: string): Later {
    const { barrier, clock } = this.#parts;
    return { kind: "later", code: "barrier", afterMs: barrier.standsForMs(shard, clock.nowMs()) };
  }
}

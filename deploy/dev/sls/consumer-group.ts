import { ApiError } from "./api-error.ts";

/** What a consumer group knows of a shard. */
export interface GroupShard {
  readonly id: number;
  readonly parents: readonly number[];
  readonly isReadonly: boolean;
  /** Where it ends at present. */
  readonly endCursor: string;
}

/** Where a shard stands in a group, as the service publishes it. */
export type ShardState =
  | { readonly kind: "wait" }
  | { readonly kind: "notAlloc" }
  | { readonly kind: "alreadyAlloc"; readonly holder: string }
  | { readonly kind: "transfer"; readonly holder: string; readonly next: string }
  | { readonly kind: "over" };

interface Checkpoint {
  readonly cursor: string;
  readonly consumer: string;
  readonly updatedAtMs: number;
}

/** How a group shares its shards out. */
export interface GroupRules {
  timeout: number;
  order: boolean;
}

/** Who commits, and whether also what is not his. */
export interface Commit {
  readonly shard: number;
  readonly cursor: string;
  readonly consumer: string | undefined;
  readonly isForced: boolean;
}

/** The automaton by which the service shares the shards of a logstore out among consumers. Pure: time and shards are given. */
export class ConsumerGroup {
  readonly rules: GroupRules;
  readonly #states = new Map<number, ShardState>();
  readonly #seenAtMs = new Map<string, number>();
  readonly #checkpoints = new Map<number, Checkpoint>();

  constructor(rules: GroupRules) {
    this.rules = rules;
  }

  /** A consumer says what it holds and hears what it shall hold. @throws ApiError when it has lost its lease */
  heartbeat(
    consumer: string,
    held: readonly number[],
    shards: readonly GroupShard[],
    nowMs: number,
  ): number[] {
    this.#expire(nowMs);
    if (!this.#seenAtMs.has(consumer) && held.length > 0) {
      throw new ApiError(400, "NotExistConsumerWithBody", `consumer ${consumer} holds no shards`);
    }
    this.#seenAtMs.set(consumer, nowMs);
    this.follow(shards);
    this.#completeTransfers(consumer, held);
    this.#assign();
    this.#balance();
    return this.#heldBy(consumer);
  }

  /** Takes the shards of the logstore as they are now: new ones, those that are gone, those that need not wait any more. */
  follow(shards: readonly GroupShard[]): void {
    const byId = new Map(shards.map((shard) => [shard.id, shard]));
    for (const id of this.#states.keys()) if (!byId.has(id)) this.#states.delete(id);
    for (const shard of shards.toSorted((a, b) => a.id - b.id)) {
      const known = this.#states.get(shard.id);
      if (known !== undefined && known.kind !== "wait") continue;
      const mustWait = this.#mustWait(shard, byId);
      this.#states.set(shard.id, { kind: mustWait ? "wait" : "notAlloc" });
    }
  }

  /** Stores how far a shard was read. @throws ApiError when it is not the consumer's to say */
  commit({ shard, cursor, consumer, isForced }: Commit, shards: readonly GroupShard[], nowMs: number): void {
    this.#expire(nowMs);
    this.follow(shards);
    const found = shards.find(({ id }) => id === shard);
    if (found === undefined) throw new ApiError(404, "ShardNotExist", `shard ${shard} does not exist`);
    if (!isForced) this.#mustHold(shard, consumer);
    this.#checkpoints.set(shard, { cursor, consumer: consumer ?? "", updatedAtMs: nowMs });
    const isOver = found.isReadonly && cursor === found.endCursor;
    if (isOver) this.#states.set(shard, { kind: "over" });
    else if (this.#states.get(shard)?.kind === "over") this.#states.set(shard, { kind: "notAlloc" });
    this.follow(shards);
  }

  checkpoint(shard: number): Checkpoint | undefined {
    return this.#checkpoints.get(shard);
  }

  state(shard: number): ShardState | undefined {
    return this.#states.get(shard);
  }

  #mustWait({ id, parents }: GroupShard, byId: ReadonlyMap<number, GroupShard>): boolean {
    if (!this.rules.order) return false;
    return parents.some((parent) => {
      const found = byId.get(parent);
      if (found === undefined || parent === id) return false;
      return this.#states.get(parent)?.kind !== "over" || this.#mustWait(found, byId);
    });
  }

  #mustHold(shard: number, consumer: string | undefined): void {
    if (consumer === undefined || !this.#seenAtMs.has(consumer)) {
      throw new ApiError(404, "ConsumerNotExist", `consumer ${consumer ?? ""} does not exist`);
    }
    const state = this.#states.get(shard);
    const holder = state !== undefined && "holder" in state ? state.holder : undefined;
    if (holder !== consumer) {
      throw new ApiError(400, "ConsumerNotMatch", `shard ${shard} is not held by ${consumer}`);
    }
  }

  #expire(nowMs: number): void {
    for (const [consumer, seenAtMs] of this.#seenAtMs) {
      if (nowMs - seenAtMs <= this.rules.timeout * 1000) continue;
      this.#seenAtMs.delete(consumer);
      for (const [shard, state] of this.#states) this.#states.set(shard, without(consumer, state));
    }
  }

  #completeTransfers(consumer: string, held: readonly number[]): void {
    for (const [shard, state] of this.#states) {
      if (state.kind !== "transfer" || state.holder !== consumer || held.includes(shard)) continue;
      this.#states.set(shard, { kind: "alreadyAlloc", holder: state.next });
    }
  }

  #assign(): void {
    for (const [shard, state] of this.#states) {
      const least = this.#ranked()[0];
      if (state.kind !== "notAlloc" || least === undefined) continue;
      this.#states.set(shard, { kind: "alreadyAlloc", holder: least.consumer });
    }
  }

  #balance(): void {
    for (;;) {
      const ranked = this.#ranked();
      const [least, most] = [ranked[0], ranked.at(-1)];
      if (least === undefined || most === undefined || most.count - least.count <= 1) return;
      const surplus = this.#heldBy(most.consumer).at(-1);
      // What it is still to get cannot be taken from it.
      if (surplus === undefined) return;
      this.#states.set(surplus, { kind: "transfer", holder: most.consumer, next: least.consumer });
    }
  }

  /** The consumers with what they have or will have, the least first. */
  #ranked(): { readonly consumer: string; readonly count: number }[] {
    const counts = new Map([...this.#seenAtMs.keys()].map((consumer) => [consumer, 0]));
    for (const state of this.#states.values()) {
      const owner = ownerOf(state);
      if (owner !== undefined) counts.set(owner, (counts.get(owner) ?? 0) + 1);
    }
    return [...counts]
      .map(([consumer, count]) => ({ consumer, count }))
      .toSorted((a, b) => a.count - b.count);
  }

  #heldBy(consumer: string): number[] {
    return [...this.#states]
      .filter(([, state]) => state.kind === "alreadyAlloc" && state.holder === consumer)
      .map(([shard]) => shard)
      .toSorted((a, b) => a - b);
  }
}

function ownerOf(state: ShardState): string | undefined {
  if (state.kind === "alreadyAlloc") return state.holder;
  return state.kind === "transfer" ? state.next : undefined;
}

/** What becomes of a shard when a consumer is gone. */
function without(consumer: string, state: ShardState): ShardState {
  if (state.kind === "alreadyAlloc" && state.holder === consumer) return { kind: "notAlloc" };
  if (state.kind !== "transfer") return state;
  if (state.holder === consumer) return { kind: "alreadyAlloc", holder: state.next };
  return state.next === consumer ? { kind: "alreadyAlloc", holder: state.holder } : state;
}

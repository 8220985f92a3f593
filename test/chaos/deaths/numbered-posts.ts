import { setTimeout as pause } from "node:timers/promises";
import type { Publication } from "../../../protocols/client-frames.ts";
import type { DevPlace } from "../../support/dev-cluster.ts";
import { Pusher } from "../../support/pusher.ts";
import type { SeededChance } from "../../support/seeded-chance.ts";
import type { Complaints } from "../complaints.ts";

/** So many entities are posted to at a time, one post each. */
const WRITERS = 6;
/** Between two posts of one writer, and before one that was not taken is repeated, in milliseconds. */
const PACE_MS = 12;
const AGAIN_AFTER_MS = 100;
const PAGE_LIMIT = 200;

/** What came of the posts. */
export interface PostCounts {
  readonly entities: number;
  readonly acknowledged: number;
  /** Sent again because nobody knows what became of them, or because they were refused for the moment. */
  readonly repeated: number;
  readonly readBack: number;
}

/** What posts are made of. */
export interface PostParts {
  readonly nodes: readonly DevPlace[];
  readonly entities: number;
  readonly chance: SeededChance;
  readonly complaints: Complaints;
}

/**
 * A service that posts numbered messages to many entities, each time through another node. The next number of an entity is sent when the one before it was
 * acknowledged; what is not acknowledged is sent again under the same id.
 */
export class NumberedPosts {
  readonly #parts: PostParts;
  readonly #pushers: readonly Pusher[];
  /** By entity: the latest number that was acknowledged. */
  readonly #acknowledged: number[];
  #repeated = 0;
  #isEnding = false;
  #writers: Promise<unknown> = Promise.resolve();

  constructor(parts: PostParts) {
    this.#parts = parts;
    this.#pushers = parts.nodes.map(({ web, dataDir }) => new Pusher(web, dataDir));
    this.#acknowledged = Array.from({ length: parts.entities }, () => 0);
  }

  /** How many were acknowledged so far. */
  get acknowledged(): number {
    return this.#acknowledged.reduce((sum, count) => sum + count, 0);
  }

  /** Posts to every entity once, then to one after the other in an order of chance, until `end`. */
  start(): void {
    this.#writers = Promise.all(Array.from({ length: WRITERS }, (_, writer) => this.#write(writer)));
  }

  /** Stops when everything is acknowledged, and compares what was with what each entity has, read through any node. */
  async end(): Promise<PostCounts> {
    this.#isEnding = true;
    await this.#writers;
    const counts = await Promise.all(
      Array.from({ length: WRITERS }, (_, reader) => this.#compareAll(reader)),
    );
    const readBack = counts.reduce((sum, count) => sum + count, 0);
    const { entities } = this.#parts;
    return { entities, acknowledged: this.acknowledged, repeated: this.#repeated, readBack };
  }

  async #compareAll(reader: number): Promise<number> {
    let count = 0;
    for (const entity of this.#share(reader)) {
      const stored = await this.#compare(entity);
      count += stored;
    }
    return count;
  }

  #share(writer: number): number[] {
    return [...this.#acknowledged.keys()].filter((entity) => entity % WRITERS === writer);
  }

  async #write(writer: number): Promise<void> {
    const share = this.#share(writer);
    while (!this.#isEnding) {
      for (const entity of this.#parts.chance.shuffled(share)) {
        if (this.#isEnding) return;
        await this.#post(entity);
        await pause(PACE_MS);
      }
    }
  }

  async #post(entity: number): Promise<void> {
    const number = (this.#acknowledged[entity] ?? 0) + 1;
    const content = { room: roomOf(entity), data: number, id: `n${number}` };
    for (;;) {
      const answer = await this.#chosen()
        .push(content)
        .catch(() => undefined);
      if (answer?.status === 200) {
        this.#acknowledged[entity] = number;
        if (answer.body.offset === number) return;
        return this.#parts.complaints.add(
          `${roomOf(entity)}: number ${number} has offset ${answer.body.offset}`,
        );
      }
      this.#repeated++;
      await pause(AGAIN_AFTER_MS);
    }
  }

  #chosen(): Pusher {
    const { chance } = this.#parts;
    return this.#pushers[chance.between(0, this.#pushers.length - 1)] as Pusher;
  }

  /** Each number that was acknowledged has to be there once, in its place, and nothing else. */
  async #compare(entity: number): Promise<number> {
    const wanted = Array.from({ length: this.#acknowledged[entity] ?? 0 }, (_, index) => index + 1);
    const stored = wanted.length === 0 ? [] : await this.#history(entity);
    const numbers = stored.map(({ data }) => data);
    const offsets = stored.map(({ offset }) => offset);
    for (const [what, seen] of Object.entries({ numbers, offsets })) {
      if (seen.join() === wanted.join()) continue;
      this.#parts.complaints.add(
        `${roomOf(entity)} was to have 1 to ${wanted.length}, and has the ${what} ${seen.join()}`,
      );
    }
    return stored.length;
  }

  async #history(entity: number): Promise<Publication[]> {
    const all: Publication[] = [];
    const { nodes } = this.#parts;
    const { web } = nodes[entity % nodes.length] as DevPlace;
    for (let before = Number.MAX_SAFE_INTEGER; before > 1;) {
      const query = `room=${encodeURIComponent(roomOf(entity))}&limit=${PAGE_LIMIT}&before=${Math.min(before, 1e9)}`;
      const answer = await fetch(`${web}/chatroom/live/history?${query}`);
      const { publications = [] } = (await answer.json()) as { publications?: Publication[] };
      if (publications.length === 0) break;
      all.unshift(...publications);
      before = publications[0]?.offset ?? 1;
    }
    return all;
  }
}

function roomOf(entity: number): string {
  return `live/entity-${String(entity).padStart(4, "0")}`;
}

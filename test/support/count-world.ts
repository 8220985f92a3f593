import { CountBook } from "../../actors/monitoring/count-book.ts";
import { eachCounted, eachDay } from "../../actors/monitoring/ask-partials.ts";
import type {
  CountedApart,
  CountedPlaces,
  CountsAsked,
  DaysPage,
  Wanted,
} from "../../actors/monitoring/ask-partials.ts";
import { CountDays } from "../../actors/monitoring/count-days.ts";
import { CountPage } from "../../actors/monitoring/count-page.ts";
import { CountPartial } from "../../actors/monitoring/count-partial.ts";
import { NodeAccounts } from "../../actors/monitoring/node-accounts.ts";
import { Standings } from "../../actors/monitoring/standings.ts";
import { TimeBlock } from "../../actors/monitoring/time-block.ts";
import { COUNT_BOOK_ID } from "../../protocols/count-book.ts";
import type { CountBookProtocol } from "../../protocols/count-book.ts";
import type { CountPartialProtocol } from "../../protocols/partial.ts";
import type { AskMessage, Reply } from "../../protocols/protocol.ts";
import type { TimeBlockProtocol } from "../../protocols/time-block.ts";
import { Counts } from "../../runtime/counting/counts.ts";
import type { PartitionView } from "../../runtime/counting/watermark.ts";
import { allMetrics } from "../../runtime/counting/built-in-metrics.ts";
import type { EntityHost } from "../../runtime/sharding/entity-host.ts";
import type { EntityType } from "../../runtime/sharding/entity-type.ts";
import { dimension, metric as defined } from "./counted-logs.ts";
import { EntityWorld } from "./entity-world.ts";
import { ScriptedJournal } from "./scripted-journal.ts";
import type { VirtualSystem } from "./virtual-system.ts";

/** What services tell in the tests. */
const METRICS = [
  defined({ name: "orders", dimensions: [dimension("channel")] }),
  defined({
    name: "revenue",
    value: "sum",
    field: "amount",
    decimals: 2,
    dimensions: [dimension("channel")],
  }),
];

/** An answer that does not come at once is waited for in such steps, in milliseconds. */
const ASK_STEP_MS = 500;
const ASK_TRIES = 30;

/** What all partitions have, added up. */
interface Counted {
  readonly counts: Counts;
  readonly partitions: readonly PartitionView[];
}

/** Adds up what all partitions have. */
async function sumOf(asked: CountsAsked): Promise<Counted> {
  const counts = new Counts();
  const partitions = await eachCounted(asked, (part) => counts.add(part));
  return { counts, partitions };
}

/** What a test says otherwise than the settings. */
interface CountWorldParts {
  /** The time zones whose days are kept; none unless given. */
  readonly zones?: readonly string[];
  /** Sources that are in no settings any more. */
  readonly removed?: readonly string[];
}

/** Counts of partitions in virtual time, on a journal that does what the test wants. */
export class CountWorld {
  readonly virtual: VirtualSystem;
  readonly host: EntityHost;
  readonly journal: ScriptedJournal;
  readonly partials: EntityType<CountPartialProtocol>;
  readonly book: EntityType<CountBookProtocol>;
  readonly places: CountedPlaces;
  readonly timeBlocks: EntityType<TimeBlockProtocol>;
  readonly standings = new Standings();
  readonly accounts = new NodeAccounts();

  constructor(journal = new ScriptedJournal(), { zones = [], removed = [] }: CountWorldParts = {}) {
    const { virtual, host } = new EntityWorld({ journal });
    this.virtual = virtual;
    this.host = host;
    this.journal = journal;
    this.book = host.offer(CountBook);
    const pages = host.offer(CountPage);
    const days = host.offer(CountDays);
    this.partials = host.offer(CountPartial, {
      standings: this.standings,
      accounts: this.accounts,
      metrics: allMetrics(METRICS),
      book: () => this.book.entity(COUNT_BOOK_ID),
      page: (id) => pages.entity(id),
      days: (id) => days.entity(id),
      zones,
      isRead: (source) => !removed.includes(source),
      timeBlock: (id) => this.timeBlocks.entity(id),
    });
    this.places = { book: this.book, partials: this.partials, pages, days };
    this.timeBlocks = host.offerActor(TimeBlock, {}, this.places);
  }

  /** The same journal in another process, that begins where the first was killed. */
  reborn(parts?: CountWorldParts): CountWorld {
    return new CountWorld(this.journal, parts);
  }

  async submit(
    id: string,
    batch: Omit<AskMessage<CountPartialProtocol, "submit">, "kind">,
  ): Promise<Reply<CountPartialProtocol, "submit">> {
    const reply = this.#settled(this.virtual.ask(this.partials.entity(id), { kind: "submit", ...batch }));
    // What it does after that is in a turn of its own.
    await reply.then(
      () => this.virtual.advance(1),
      () => this.virtual.advance(1),
    );
    return reply;
  }

  async position(id: string): Promise<string | undefined> {
    const asked = this.virtual.ask(this.partials.entity(id), { kind: "position" });
    return (await this.#settled(asked)).cursor;
  }

  async account(id: string): Promise<Reply<CountPartialProtocol, "account">> {
    return this.#settled(this.virtual.ask(this.partials.entity(id), { kind: "account" }));
  }

  /** All counts of a metric, as bytes. */
  async counts(id: string, metric: string): Promise<Buffer> {
    const wanted = { metric, fromMs: 0, toMs: 10 ** 13 };
    const reply = await this.#settled(
      this.virtual.ask(this.partials.entity(id), { kind: "read", ...wanted }),
    );
    return Buffer.from(reply.counts);
  }

  async count(
    id: string,
    told: Omit<AskMessage<CountPartialProtocol, "count">, "kind">,
  ): Promise<Reply<CountPartialProtocol, "count">> {
    return this.#settled(this.virtual.ask(this.partials.entity(id), { kind: "count", ...told }));
  }

  /** What all partitions together have. */
  async all(wanted: Wanted): Promise<Counted> {
    return this.#settled(sumOf({ places: this.places, wanted, context: this.virtual }));
  }

  /** What is kept of local days. */
  async days(wanted: Wanted, days: DaysPage): Promise<CountedApart> {
    const parts: Counts[] = [];
    const asked = { places: this.places, wanted, context: this.virtual };
    const partitions = await this.#settled(eachDay(asked, days, (part) => void parts.push(part)));
    return { parts, partitions };
  }

  async look(block: string): Promise<Reply<TimeBlockProtocol, "look">> {
    return this.#settled(this.virtual.ask(this.timeBlocks.entity(block), { kind: "look" }));
  }

  async known(fromMs?: number): Promise<readonly string[]> {
    const range = fromMs === undefined ? {} : { fromMs };
    const asked = this.virtual.ask(this.book.entity(COUNT_BOOK_ID), { kind: "list", ...range });
    return (await this.#settled(asked)).partials;
  }

  async say(id: string, standing: Omit<Parameters<typeof standingOf>[0], "kind">): Promise<void> {
    this.virtual.tell(this.partials.entity(id), standingOf(standing));
    await this.virtual.settle();
  }

  async #settled<T>(asked: Promise<T>): Promise<T> {
    let isOpen = true;
    // It may fail before anybody waits for it.
    asked.catch(() => undefined).finally(() => (isOpen = false));
    await this.virtual.settle();
    // What loads again waits a little before it does.
    for (let tries = 0; isOpen && tries < ASK_TRIES; tries++) await this.virtual.advance(ASK_STEP_MS);
    return asked;
  }
}

function standingOf(standing: {
  readonly state: "flowing" | "caughtUp" | "lagging" | "stalled" | "gone";
  readonly atMs?: number;
  readonly cursor?: string;
  readonly lagMs?: number;
}) {
  return { kind: "standing", ...standing } as const;
}

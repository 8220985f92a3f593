import type { Clock } from "../../runtime/time/clock.ts";
import { CountBookProtocol } from "../../protocols/count-book.ts";
import { CountPartialProtocol } from "../../protocols/partial.ts";
import type { PartitionState } from "../../protocols/partial.ts";
import type { Reference } from "../../protocols/reference.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";
import type { Handlers } from "../../runtime/actor/define-actor.ts";
import { readTally } from "../../runtime/counting/tally.ts";
import type { Account } from "../../runtime/counting/account.ts";
import { RowSpans } from "../../actors/logs/row-spans.ts";
import type { Batch, Gap, Reader, ReadRequest, Source } from "../../actors/logs/source.ts";
import { LogSource } from "../../actors/logs/log-source.ts";
import { PullerLedger } from "../../actors/logs/puller/puller-account.ts";
import type { PullerAccount } from "../../actors/logs/puller/puller-account.ts";
import type { PullerHost } from "../../actors/logs/puller/puller-state.ts";
import { ReadBudget } from "../../actors/logs/puller/read-budget.ts";
import { Tallies } from "../../actors/logs/puller/tallies.ts";
import { findCell } from "../../runtime/kernel/tree-node.ts";
import { VirtualSystem } from "./virtual-system.ts";

/** What a log in memory does when it is read, instead of what it should. */
export type ReadTrouble = (request: ReadRequest) => Error | "hang" | "drip" | undefined;

/** A log in memory: numbered records, of which some poison whoever counts them. */
export class MemorySource implements Source {
  readonly name = "memory";
  readonly place = "here";
  readonly unitsMax = 100;
  readonly records = new Map<string, number[]>();
  /** The number of the first record that is kept. */
  oldest = 0;
  /** How many records it asks for at a time, as a reader that knows how heavy they are. */
  fitting = Number.POSITIVE_INFINITY;
  readonly poison = new Set<number>();
  trouble: ReadTrouble = () => undefined;
  reads = 0;
  /** Batches that were given out and that nobody has said to be done with. */
  heldBatches = 0;
  openReaders = 0;
  /** Partitions that were split or merged: once they are read to their end, nothing comes any more. */
  readonly over = new Set<string>();
  /** How long a read takes, in milliseconds. */
  readMs = 0;
  /** Reads that were begun while the same reader was reading. */
  overlaps = 0;
  readonly asked: number[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock, ...partitions: string[]) {
    this.#clock = clock;
    for (const partition of partitions) this.records.set(partition, []);
  }

  put(partition: string, count: number): void {
    const records = this.records.get(partition) ?? [];
    for (let index = 0; index < count; index++) records.push(records.length);
    this.records.set(partition, records);
  }

  partitions(): Promise<{ id: string }[]> {
    return Promise.resolve([...this.records.keys()].map((id) => ({ id })));
  }

  open(partition: string): Reader {
    this.openReaders++;
    let isOpen = true;
    let underWay = 0;
    return {
      read: async (request) => {
        if (underWay > 0) this.overlaps++;
        underWay++;
        try {
          return await this.#read(partition, request);
        } finally {
          underWay--;
        }
      },
      close: () => {
        if (isOpen) this.openReaders--;
        isOpen = false;
      },
    };
  }

  async #read(partition: string, request: ReadRequest): Promise<Batch> {
    this.reads++;
    this.asked.push(request.unitsMax);
    const trouble = this.trouble(request);
    if (trouble instanceof Error) throw trouble;
    if (trouble !== undefined) await this.#never(request, trouble);
    if (this.readMs > 0) await new Promise<void>((done) => void this.#clock.after(this.readMs, done));
    const records = this.records.get(partition) ?? [];
    const wanted = Number(request.cursor ?? 0);
    const from = Math.max(wanted, this.oldest);
    const read = records.slice(from, from + Math.min(request.unitsMax, this.fitting));
    const gap: Gap | undefined = from > wanted ? { lost: from - wanted, text: "too old" } : undefined;
    const batch = this.#batch(read, from, records.length, gap);
    return { ...batch, isOver: read.length === 0 && this.over.has(partition) };
  }

  #batch(read: readonly number[], from: number, end: number, gap: Gap | undefined): Batch {
    const timeMs = this.#clock.wallMs();
    this.heldBatches++;
    return {
      release: () => void this.heldBatches--,
      to: String(from + read.length),
      units: read.length,
      ...(this.fitting === Number.POSITIVE_INFINITY ? {} : { unitsAsked: this.fitting }),
      bytes: read.length * 100,
      isAtEnd: from + read.length === end,
      isOver: false,
      endTimeMs: timeMs,
      gap,
      rows: (fields, visit) => {
        const row = new RowSpans(new Uint8Array(0), fields.length);
        for (const record of read) {
          if (this.poison.has(record)) throw new Error(`record ${record} is poison`);
          row.clear();
          row.timeMs = timeMs;
          visit(row);
        }
        return { unparsable: 0, damaged: [] };
      },
    };
  }

  #never(request: ReadRequest, trouble: "hang" | "drip"): Promise<never> {
    const drip = (): void => {
      request.onProgress("a byte");
      if (!request.signal.aborted) this.#clock.after(500, drip);
    };
    if (trouble === "drip") drip();
    return new Promise(() => undefined);
  }
}

/** What became of the records of one partition, at who counts them. */
export interface Counts extends Account {
  cursor: string | undefined;
  batches: number;
  lost: number;
  /** How the partition was said to stand, each different state once in a row. */
  readonly stood: PartitionState[];
}

/** What a partial does with what it is asked, instead of what it should. */
export type PartialTrouble = (submitted: {
  readonly units: number;
  /** How many of them have counts. */
  readonly counted: number;
  readonly from: number;
}) => "silent" | "tallyTooLarge" | undefined;

const FATES = ["counted", "duplicate", "quarantined", "tooLate", "unparsable", "read"] as const;

interface CountingState {
  readonly counts: Counts;
  readonly world: PullWorld;
}

type AllHandlers = Handlers<CountPartialProtocol, CountingState>;

const HANDLERS: Pick<AllHandlers, "position" | "submit" | "standing"> = {
  position({ counts: { cursor } }, _message, context) {
    context.reply(cursor === undefined ? { kind: "position" } : { kind: "position", cursor });
  },
  submit({ counts, world }, { from, to, tally, gap }, context) {
    if (to === counts.cursor) return context.reply({ kind: "duplicate", cursor: to });
    const known = counts.cursor === undefined ? {} : { cursor: counts.cursor };
    if (from !== counts.cursor) return context.reply({ kind: "gap", ...known });
    const { account } = readTally(tally);
    const trouble = world.partialTrouble({
      units: account.read,
      counted: account.counted,
      from: Number(from ?? 0),
    });
    if (trouble === "tallyTooLarge") return context.reply({ kind: "refused", code: trouble, text: "large" });
    for (const fate of FATES) counts[fate] += account[fate];
    counts.cursor = to;
    counts.batches++;
    counts.lost += gap?.lost ?? 0;
    // Its answer is lost on the way; what it has stored is not.
    if (trouble === undefined) context.reply({ kind: "counted", cursor: to });
    else context.replyLater();
  },
  standing({ counts: { stood } }, { state }) {
    if (stood.at(-1) !== state) stood.push(state);
  },
};

/** Counts as the real one does, and tells the test. Pullers say nothing else to it. */
const Counting = defineActor({
  protocol: CountPartialProtocol,
  initialState: (args: CountingState): CountingState => args,
  handlers: HANDLERS as AllHandlers,
});

interface BookArgs {
  readonly world: PullWorld;
}

/** A book of partitions that says what the test wants. */
const Book = defineActor({
  protocol: CountBookProtocol,
  initialState: ({ world }: BookArgs): BookArgs => ({ world }),
  handlers: {
    list({ world: { counted, source } }, _message, context) {
      if (counted === "silent") return void context.replyLater();
      context.reply({ kind: "partials", partials: [...counted].map((id) => `${source.name}/${id}`) });
    },
  } as Handlers<CountBookProtocol, BookArgs>,
});

/** Pullers, the log that they read, and who counts what they have read: in virtual time. */
export class PullWorld {
  readonly virtual = new VirtualSystem();
  readonly source: MemorySource;
  readonly host: PullerHost;
  partialTrouble: PartialTrouble = () => undefined;
  /** Whether an operator has taken the node out of its cluster. */
  isTakenOut = false;
  /** Of which partitions there are counts from before; or the book does not answer. */
  counted: Iterable<string> | "silent" = [];
  readonly #counts = new Map<string, Counts>();
  readonly #partials = new Map<string, Reference<CountPartialProtocol>>();

  constructor(...partitions: string[]) {
    const { system } = this.virtual;
    this.source = new MemorySource(system.clock, ...partitions);
    this.host = {
      clock: system.clock,
      budget: new ReadBudget(64 * 1_048_576),
      ledger: new PullerLedger(),
      tallies: new Tallies(() => ({ fields: [], metrics: [] })),
      partialOf: (_source, partition) => this.#partialOf(partition),
    };
  }

  start(): void {
    const { source, host, virtual } = this;
    virtual.system.spawn(LogSource, "source", {
      source,
      host,
      book: virtual.system.spawn(Book, "book", { world: this }),
      places: { keep: () => false },
      isTakenOut: () => this.isTakenOut,
    });
  }

  /** As when its node stops. */
  async stop(): Promise<void> {
    findCell(this.virtual.system.root, "/source")?.stop();
    await this.virtual.advance(1);
  }

  counts(partition: string): Counts {
    this.#partialOf(partition);
    return this.#counts.get(partition) as Counts;
  }

  account(partition: string): PullerAccount {
    return this.host.ledger.of("memory", partition);
  }

  /** How often an event was logged. */
  logged(event: string): number {
    return this.virtual.events.filter((name) => name === event).length;
  }

  #partialOf(partition: string): Reference<CountPartialProtocol> {
    const known = this.#partials.get(partition);
    if (known !== undefined) return known;
    const none = { read: 0, counted: 0, duplicate: 0, quarantined: 0, tooLate: 0, unparsable: 0 };
    const counts: Counts = { ...none, cursor: undefined, batches: 0, lost: 0, stood: [] };
    const partial = this.virtual.system.spawn(Counting, `partial-${partition}`, { counts, world: this });
    this.#counts.set(partition, counts);
    this.#partials.set(partition, partial);
    return partial;
  }
}

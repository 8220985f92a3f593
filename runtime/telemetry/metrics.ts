import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";

/** One value of a metric with labels. */
export interface Sample {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
}

type Read = number | readonly Sample[];

/** A metric that is read when somebody looks: between two looks it costs nothing. */
export interface Reading {
  /** Prometheus name with the unit: `banyan_mailbox_oldest_age_seconds`. A counter's ends in `_total`. */
  readonly name: string;
  /** What the number says, in a sentence. */
  readonly help: string;
  readonly labels?: readonly string[];
  /** The value now, or one for each set of labels. */
  readonly read: () => Read | Promise<Read>;
}

/** The numbers of a node, in Prometheus' text format. */
export class Metrics {
  readonly #registry = new Registry();

  /** The content type of `text`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Adds a number that goes up and down. */
  gauge(reading: Reading): void {
    const gauge = new Gauge({
      ...described(reading),
      registers: [this.#registry],
      collect: async () => {
        const read = samples(await reading.read());
        gauge.reset();
        for (const { value, labels } of read) gauge.set({ ...labels }, value);
      },
    });
  }

  /** Adds a number that only grows, and begins at 0 with the process. */
  counter(reading: Reading): void {
    const counter = new Counter({
      ...described(reading),
      registers: [this.#registry],
      collect: async () => {
        const read = samples(await reading.read());
        counter.reset();
        for (const { value, labels } of read) counter.inc({ ...labels }, value);
      },
    });
  }

  /** Adds what Node knows of its process: CPU, memory, garbage collection, the lag of the event loop. */
  addProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** Reads everything now. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

function described({ name, help, labels }: Reading): { name: string; help: string; labelNames: string[] } {
  return { name, help, labelNames: [...(labels ?? [])] };
}

function samples(value: Read): readonly Sample[] {
  return typeof value === "number" ? [{ value }] : value;
}

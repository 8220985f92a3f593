import type { Traffic } from "../../protocols/listener.ts";
import type { Metrics } from "../../runtime/telemetry/metrics.ts";

/** What has passed through sockets, added up. */
export interface TrafficSum {
  bytesIn: number;
  bytesOut: number;
  framesIn: number;
  framesOut: number;
  /** Publications that slow clients did not get. */
  dropped: number;
}

/** Adds up the accounts of all connections, also of those that have ended, when somebody asks. */
export class TrafficLedger {
  readonly #open = new Set<Traffic>();
  readonly #ended: TrafficSum = { bytesIn: 0, bytesOut: 0, framesIn: 0, framesOut: 0, dropped: 0 };

  get connections(): number {
    return this.#open.size;
  }

  enter(traffic: Traffic): void {
    this.#open.add(traffic);
  }

  /** A connection has come from another process, which counted for itself what has passed so far. */
  adopt(traffic: Traffic): void {
    this.#open.add(traffic);
    addTo(this.#ended, traffic, -1);
  }

  /** The connection has ended; what passed through it stays in the sum. */
  leave(traffic: Traffic): void {
    if (this.#open.delete(traffic)) addTo(this.#ended, traffic);
  }

  sum(): Readonly<TrafficSum> {
    const sum = { ...this.#ended };
    for (const traffic of this.#open) addTo(sum, traffic);
    return sum;
  }
}

function addTo(sum: TrafficSum, traffic: Traffic, times: 1 | -1 = 1): void {
  const { bytesIn, bytesOut, framesIn, framesOut, drops } = traffic.account();
  sum.bytesIn += times * bytesIn;
  sum.bytesOut += times * bytesOut;
  sum.framesIn += times * framesIn;
  sum.framesOut += times * framesOut;
  for (const count of Object.values(drops)) sum.dropped += times * count;
}

/** Adds the numbers of the gateway's connections, read when somebody looks. */
export function addTrafficMetrics(metrics: Metrics, ledger: TrafficLedger): void {
  const directions = (received: keyof TrafficSum, sent: keyof TrafficSum) => () => {
    const sum = ledger.sum();
    return [
      { value: sum[received], labels: { direction: "in" } },
      { value: sum[sent], labels: { direction: "out" } },
    ];
  };
  metrics.gauge({
    name: "banyan_connections",
    help: "Open connections of clients.",
    read: () => ledger.connections,
  });
  metrics.counter({
    name: "banyan_frames_total",
    help: "Frames of clients, in and out.",
    labels: ["direction"],
    read: directions("framesIn", "framesOut"),
  });
  metrics.counter({
    name: "banyan_bytes_total",
    help: "Bytes of clients' frames, in and out.",
    labels: ["direction"],
    read: directions("bytesIn", "bytesOut"),
  });
  metrics.counter({
    name: "banyan_dropped_publications_total",
    help: "Publications that slow clients did not get; each was told so.",
    read: () => ledger.sum().dropped,
  });
}

import type { CountedPlaces } from "../../actors/monitoring/ask-partials.ts";
import type { StatsSource } from "../../actors/monitoring/ask-stats.ts";
import type { MetricDefinition } from "../../protocols/metric-settings.ts";
import type { Counts } from "../../runtime/counting/counts.ts";
import { rangeOf } from "../../runtime/counting/counts.ts";
import { Zones } from "../../runtime/counting/local-day.ts";
import type { PartitionView } from "../../runtime/counting/watermark.ts";
import type { RouteContext } from "../../runtime/net/route.ts";

/** A partition as it answers questions about its counts. */
interface AskedPartition {
  readonly view: PartitionView;
  readonly counts: Counts;
}

/** Where questions are answered from without any entity: each partition says what it is given here. */
export function askedCounts(
  partitions: readonly AskedPartition[],
  { metrics, nowMs }: { readonly metrics: readonly MetricDefinition[]; readonly nowMs: number },
): { readonly source: StatsSource; readonly context: Pick<RouteContext, "ask" | "wallMs"> } {
  const place = { entity: (id: string) => id };
  const places = { book: place, partials: place, pages: place, days: place } as unknown as CountedPlaces;
  const ask = (to: unknown, message: Asked): Promise<unknown> => {
    if (message.kind === "list") return Promise.resolve({ partials: partitions.map(({ view }) => view.id) });
    const asked = partitions.find(({ view }) => view.id === to);
    if (asked === undefined) throw new Error(`nobody is ${String(to)}`);
    const { counts, view } = asked;
    const bytes = counts.encode(rangeOf(message.fromMs, message.toMs), message.metric);
    return Promise.resolve({ counts: bytes, archivedBefore: 0, rounds: 0, leaving: [], ...view });
  };
  const context = { ask, wallMs: () => nowMs } as unknown as Pick<RouteContext, "ask" | "wallMs">;
  return { source: { ...places, metrics, zones: new Zones(), dayZones: [] }, context };
}

interface Asked {
  readonly kind: string;
  readonly metric: string;
  readonly fromMs: number;
  readonly toMs: number;
}

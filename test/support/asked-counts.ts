import { AnswerMemory } from "../../actors/monitoring/answer-memory.ts";
import type { CountedPlaces } from "../../actors/monitoring/ask-partials.ts";
import type { StatsSource } from "../../actors/monitoring/ask-stats.ts";
import type { MetricDefinition } from "../../protocols/metric-settings.ts";
import type { CountPartialProtocol } from "../../protocols/partial.ts";
import type { AskMessage } from "../../protocols/protocol.ts";
import { newPartialState } from "../../actors/monitoring/partial-state.ts";
import { readPartial } from "../../actors/monitoring/read-partial.ts";
import type { Counts } from "../../runtime/counting/counts.ts";
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
  const ask = (
    to: unknown,
    message: AskMessage<CountPartialProtocol, "read"> | { readonly kind: "list" },
  ): Promise<unknown> => {
    if (message.kind === "list") return Promise.resolve({ partials: partitions.map(({ view }) => view.id) });
    const asked = partitions.find(({ view }) => view.id === to);
    if (asked === undefined) throw new Error(`nobody is ${String(to)}`);
    const { counts, view } = asked;
    return Promise.resolve({ ...readPartial({ ...newPartialState(), counts }, message), ...view });
  };
  const context = { ask, wallMs: () => nowMs } as unknown as Pick<RouteContext, "ask" | "wallMs">;
  const memory = new AnswerMemory();
  return { source: { ...places, metrics, zones: new Zones(), dayZones: [], memory }, context };
}

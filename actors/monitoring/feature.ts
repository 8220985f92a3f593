import { COUNT_BOOK_ID } from "../../protocols/count-book.ts";
import type { CountPartialProtocol } from "../../protocols/partial.ts";
import { allMetrics } from "../../runtime/counting/built-in-metrics.ts";
import { metricsOf } from "../../runtime/counting/metric-set.ts";
import type { Feature } from "../../runtime/feature.ts";
import type { EntityType } from "../../runtime/sharding/entity-type.ts";
import { SERVICES_SOURCE } from "./count-event.ts";
import { CountBook } from "./count-book.ts";
import { CountPage } from "./count-page.ts";
import { CountPartial } from "./count-partial.ts";
import { Standings } from "./standings.ts";
import { statsRoutes } from "./stats-routes.ts";
import { StatsStreams } from "./stats-streams.ts";
import { TimeBlock } from "./time-block.ts";

/** Counts in time blocks: the counts of each partition of a log and of each service, and the questions about all of them. */
export const monitoringFeature: Feature = {
  name: "monitoring",
  start({ settings, entities, system, status }) {
    const metrics = allMetrics(settings.metrics);
    const book = entities.offer(CountBook);
    const pages = entities.offer(CountPage);
    const partials: EntityType<CountPartialProtocol> = entities.offer(CountPartial, {
      standings: new Standings(),
      metrics: metricsOf(metrics, SERVICES_SOURCE),
      book: () => book.entity(COUNT_BOOK_ID),
      page: (id) => pages.entity(id),
      timeBlock: (id) => timeBlocks.entity(id),
    });
    const places = { book, partials, pages };
    const timeBlocks = entities.offerActor(TimeBlock, {}, places);
    const source = { ...places, metrics };
    const streams = system.spawn(StatsStreams, "stats-streams", { source, status });
    return { operatorRoutes: statsRoutes(source, streams) };
  },
};

import { COUNT_BOOK_ID } from "../../protocols/count-book.ts";
import type { CountPartialProtocol } from "../../protocols/partial.ts";
import { allMetrics } from "../../runtime/counting/built-in-metrics.ts";
import { Zones } from "../../runtime/counting/local-day.ts";
import { metricsOf } from "../../runtime/counting/metric-set.ts";
import type { Feature } from "../../runtime/feature.ts";
import type { EntityType } from "../../runtime/sharding/entity-type.ts";
import { startAlerts } from "./alerts/start-alerts.ts";
import { AnswerMemory } from "./answer-memory.ts";
import { SERVICES_SOURCE } from "./count-event.ts";
import { addCountingMetrics } from "./counting-metrics.ts";
import { CountBook } from "./count-book.ts";
import { CountDays } from "./count-days.ts";
import { CountPage } from "./count-page.ts";
import { CountPartial } from "./count-partial.ts";
import { partitionActRoutes } from "./partition-acts.ts";
import { NodeAccounts } from "./node-accounts.ts";
import { Standings } from "./standings.ts";
import { addStatsMetrics } from "./stats-metrics.ts";
import { statsRoutes } from "./stats-routes.ts";
import { StatsStreams } from "./stats-streams.ts";
import { TimeBlock } from "./time-block.ts";

/** Counts in time blocks: the counts of each partition of a log and of each service, and the questions about all of them. */
export const monitoringFeature: Feature = {
  name: "monitoring",
  start(host) {
    const { settings, entities, system, status } = host;
    const metrics = allMetrics(settings.metrics);
    const book = entities.offer(CountBook);
    const pages = entities.offer(CountPage);
    const days = entities.offer(CountDays);
    const { dayZones } = settings;
    const standings = new Standings();
    const accounts = new NodeAccounts();
    const nowMs = (): number => system.clock.nowMs();
    const read = new Set([SERVICES_SOURCE, ...settings.logs.sources.map(({ name }) => name)]);
    const partials: EntityType<CountPartialProtocol> = entities.offer(CountPartial, {
      standings,
      accounts,
      metrics: metricsOf(metrics, SERVICES_SOURCE),
      book: () => book.entity(COUNT_BOOK_ID),
      page: (id) => pages.entity(id),
      days: (id) => days.entity(id),
      zones: dayZones,
      isRead: (name) => read.has(name),
      timeBlock: (id) => timeBlocks.entity(id),
    });
    const places = { book, partials, pages, days };
    const timeBlocks = entities.offerActor(TimeBlock, {}, places);
    const source = { ...places, metrics, dayZones, zones: new Zones(), memory: new AnswerMemory() };
    addCountingMetrics(host.metrics, { standings, accounts, nowMs });
    const context = {
      ask: system.ask.bind(system),
      wallMs: () => system.clock.wallMs(),
    };
    addStatsMetrics(host.metrics, { source, context, nowMs });
    const streams = system.spawn(StatsStreams, "stats-streams", { source, status });
    const routes = [
      ...statsRoutes(source, streams),
      ...partitionActRoutes(places),
      ...startAlerts(host, source),
    ];
    return { operatorRoutes: routes };
  },
};

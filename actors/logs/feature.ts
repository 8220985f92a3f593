import { COUNT_BOOK_ID, CountBookProtocol } from "../../protocols/count-book.ts";
import { CountPartialProtocol } from "../../protocols/partial.ts";
import { metricSet } from "../../runtime/counting/metric-set.ts";
import type { Feature, FeatureHost, FeatureParts } from "../../runtime/feature.ts";
import { AccessLog } from "./access/access-log.ts";
import { AccessWriter } from "./access/access-writer.ts";
import { LOGS_NAME } from "./cluster-logs.ts";
import type { OwnLogs } from "./cluster-logs.ts";
import { addLogMetrics } from "./log-metrics.ts";
import { logRoutes } from "./log-routes.ts";
import { Logs } from "./logs.ts";
import { ownLogs } from "./own-logs.ts";
import { PlacedPuller, PULLER_TYPE } from "./placed-puller.ts";
import { PullerLedger } from "./puller/puller-account.ts";
import type { PullerHost } from "./puller/puller-state.ts";
import { ReadBudget } from "./puller/read-budget.ts";
import { Tallies } from "./puller/tallies.ts";
import { accessPath, sourcesOf } from "./sources-of.ts";

/** Logs: reads what services, files and the gateway itself have written, and has it counted. */
export const logsFeature: Feature = {
  name: "logs",
  start(host: FeatureHost): FeatureParts {
    const { settings, system, entities, metrics, cluster } = host;
    const partials = entities.find(CountPartialProtocol);
    const books = entities.find(CountBookProtocol);
    // Nobody counts on this node: there is no use in reading.
    if (partials === undefined || books === undefined) return {};
    const ledger = new PullerLedger();
    const pulling: PullerHost = {
      clock: system.clock,
      budget: new ReadBudget(settings.logs.budgetBytes),
      ledger,
      tallies: new Tallies((source) => metricSet(settings.metrics, source)),
      partialOf: (source, partition) => partials.entity(`${source}/${partition}`),
    };
    const sources = sourcesOf(settings, () => system.clock.wallMs());
    const access = openAccess(host);
    const args = { host: pulling, sources: sources.filter(({ place }) => place === "anywhere") };
    const places = entities.offerActor(PlacedPuller, { type: PULLER_TYPE, role: "logs" }, args);
    const own = (): OwnLogs => ownLogs(ledger, system.clock);
    const isTakenOut = (): boolean => cluster?.isTakenOut ?? false;
    const book = books.entity(COUNT_BOOK_ID);
    system.spawn(Logs, LOGS_NAME, { sources, host: pulling, places, book, own, isTakenOut });
    addLogMetrics(metrics, { ledger, access });
    return { operatorRoutes: logRoutes({ node: settings.name, cluster, own }) };
  },
};

/** Has the answers of the gateway written down, where somebody reads them. */
function openAccess({ settings, system, access }: FeatureHost): AccessLog | undefined {
  const isWanted = settings.logs.sources.some(({ kind }) => kind === "access");
  if (!isWanted || settings.listeners.length === 0) return undefined;
  const log = new AccessLog({ path: accessPath(settings), clock: system.clock, log: system.log });
  system.spawn(AccessWriter, "access", { log, tap: access });
  return log;
}

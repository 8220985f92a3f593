import { join } from "node:path";
import { TREE_ACTORS_MAX } from "../../protocols/ops.ts";
import { Audit } from "../../runtime/audit/audit.ts";
import type { Feature, FeatureHost, FeatureParts } from "../../runtime/feature.ts";
import type { Route } from "../../runtime/net/route.ts";
import { processId, processMemory } from "../../runtime/telemetry/process-memory.ts";
import { accountRoutes } from "./account-routes.ts";
import { actRoutes } from "./act-routes.ts";
import { auditRoutes } from "./audit-routes.ts";
import { bearerGuard } from "./bearer-guard.ts";
import { CensusBook } from "./census-book.ts";
import { Census } from "./census.ts";
import { OPS_NAME } from "./far-looks.ts";
import { healthRoutes } from "./health-routes.ts";
import type { HealthSource } from "./health-routes.ts";
import { addHostMetrics } from "./host-metrics.ts";
import { journalRoutes } from "./journal-routes.ts";
import { lookRoutes } from "./look-routes.ts";
import { looksThrough } from "./looks.ts";
import { memoryRoutes } from "./memory-routes.ts";
import { nodeActRoutes } from "./node-act-routes.ts";
import { NodeWatch } from "./node-watch.ts";
import { nodesRoutes } from "./nodes-routes.ts";
import type { NodeReport } from "./nodes-routes.ts";
import { Ops } from "./ops.ts";
import { processRoutes } from "./process-routes.ts";
import type { ProcessSource } from "./process-routes.ts";
import { singletonRoutes } from "./singleton-routes.ts";
import { snapshotRoutes } from "./snapshot-routes.ts";
import { stallRoutes } from "./stall-routes.ts";
import { addSystemMetrics } from "./system-metrics.ts";
import { traceRoutes } from "./trace-routes.ts";
import { treeRoutes } from "./tree-routes.ts";
import { whereRoutes } from "./where-routes.ts";
import { whyRoutes } from "./why-routes.ts";

/** The file of the data directory in which is kept what operators did. */
const AUDIT_FILE = "audit.jsonl";
/** How many actors another node is shown. */
const FAR_ACTORS_MAX = 2_000;

/** What operators ask of a node and have it do: its tree, its health, its numbers, and acts that are audited. */
export const opsFeature: Feature = {
  name: "ops",
  start(host): FeatureParts {
    const { settings, system, metrics, status } = host;
    const { token } = settings.ops;
    if (token === undefined) throw new RangeError("the operators' port needs a token");
    const startedAtMs = system.clock.nowMs();
    const health = {
      node: settings.name,
      status,
      troubles: () => host.stores.troubles,
      uptimeMs: () => system.clock.nowMs() - startedAtMs,
    };
    addSystemMetrics(metrics, system);
    addHostMetrics(metrics, host.hostLink);
    const audit = new Audit(join(settings.dataDir, AUDIT_FILE), () => system.clock.wallMs());
    const looking = lookingRoutes(host, health);
    // What other nodes are shown fits into one parcel between nodes.
    const far = [...treeRoutes({ system, actorsMax: FAR_ACTORS_MAX }), ...looking];
    system.spawn(Ops, OPS_NAME, { look: looksThrough(far) });
    const { cluster } = host;
    if (cluster !== undefined) host.singletons.offer(NodeWatch, {}, { cluster });
    return {
      operatorRoutes: [
        ...treeRoutes({ system, cluster: host.cluster, actorsMax: TREE_ACTORS_MAX }),
        ...looking,
        ...actingRoutes(host),
        ...auditRoutes(audit),
        ...healthRoutes(health, metrics),
      ],
      operatorGuard: bearerGuard(token),
      operatorAudit: audit,
    };
  },
};

function lookingRoutes(host: FeatureHost, health: HealthSource): Route[] {
  const { system } = host;
  const book = new CensusBook({ system, memory: processMemory });
  system.spawn(Census, "census", { actors: () => system.actorCount, count: (nowMs) => book.count(nowMs) });
  return [
    ...nodesRoutes({
      system,
      cluster: host.cluster,
      node: host.settings.name,
      report: reportOf(host, health),
    }),
    ...whereRoutes(host.cluster),
    ...singletonRoutes({ ...host, node: host.settings.name }),
    ...accountRoutes(system),
    ...lookRoutes(system, health),
    ...whyRoutes(system),
    ...memoryRoutes(book, processId()),
    ...processRoutes(processSource(host)),
  ];
}

/** What this node says of itself to whoever looks at all nodes. */
function reportOf(host: FeatureHost, health: HealthSource): () => NodeReport {
  const { system, entities, version, urls } = host;
  return () => ({
    version,
    pid: processId(),
    status: health.status(),
    uptimeMs: Math.round(health.uptimeMs()),
    actors: system.actorCount,
    entities: entities.activeCount,
    ...urls(),
  });
}

function actingRoutes(host: FeatureHost): Route[] {
  const { settings, system, control, cluster, hostLink, expectBlock, stores } = host;
  const { clock } = system;
  return [
    ...stallRoutes(system),
    ...actRoutes(system),
    ...traceRoutes(system),
    ...nodeActRoutes({ control, cluster, hostLink, clock }),
    ...journalRoutes(stores),
    ...snapshotRoutes({ dataDir: settings.dataDir, clock, expectBlock }),
  ];
}

function processSource({ system, hostLink, version }: FeatureHost): ProcessSource {
  const startedAtMs = system.clock.wallMs();
  const own = () => ({
    pid: processId(),
    version,
    startedAtMs,
    vitals: { memory: processMemory(), zombies: system.zombies.count },
  });
  return { hostLink, own };
}

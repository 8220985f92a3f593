import type { NodeSettings } from "../protocols/settings.ts";
import { parseRedisUrl } from "../runtime/redis/redis-url.ts";
import type { SettingPath, SettingProblem } from "./settings-check.ts";
import { plannedWorkers } from "./worker-plan.ts";

/** So many workers may one host run. */
const WORKERS_MAX = 1_024;

/** What no schema can say about a cluster: that its Redis can be meant, and that several workers have one. Pure. */
export function clusterConflicts(settings: NodeSettings): readonly SettingProblem[] {
  return [
    ...unreadableUrl(settings),
    ...idleTls(settings),
    ...repeatedRoles(settings),
    ...workersWithoutRedis(settings),
    ...tooManyWorkers(settings),
  ];
}

function problem(path: SettingPath, text: string): SettingProblem {
  return { path, at: "value", text };
}

/** The words of the parser never repeat a password. */
function unreadableUrl({ cluster }: NodeSettings): SettingProblem[] {
  if (cluster.redis === undefined) return [];
  const url = parseRedisUrl(cluster.redis);
  if (url.kind === "target") return [];
  return [problem(["cluster", "redis"], `is no Redis URL (not shown, it is secret): ${url.problem}`)];
}

function idleTls({ cluster }: NodeSettings): SettingProblem[] {
  const { certFile, keyFile } = cluster.tls;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    const missing = certFile === undefined ? "certFile" : "keyFile";
    return [problem(["cluster", "tls", missing], "is missing: certificate and key belong together")];
  }
  const isGiven = Object.values(cluster.tls).some((value) => value !== undefined);
  if (!isGiven || isEncrypted(cluster.redis)) return [];
  return [
    problem(
      ["cluster", "tls"],
      "is given, and cluster.redis is not encrypted: write rediss:// or leave it out",
    ),
  ];
}

function isEncrypted(url: string | undefined): boolean {
  const parsed = url === undefined ? undefined : parseRedisUrl(url);
  return parsed?.kind === "target" ? parsed.target.isEncrypted : false;
}

function repeatedRoles({ cluster, host }: NodeSettings): SettingProblem[] {
  const roles = host.workersByRole.map((text) => text.split("=")[0]);
  return [...twice(cluster.roles, ["cluster", "roles"]), ...twice(roles, ["host", "workersByRole"])];
}

function twice(roles: readonly unknown[], path: SettingPath): SettingProblem[] {
  const index = roles.findIndex((role, at) => roles.indexOf(role) !== at);
  return index === -1 ? [] : [problem([...path, index], `is ${String(roles[index])} a second time`)];
}

function workersWithoutRedis({ host, cluster }: NodeSettings): SettingProblem[] {
  if (cluster.redis !== undefined) return [];
  const need =
    "needs Redis, where they share state and messages: set cluster.redis, such as redis://127.0.0.1:6379, or run 1, or 0 for one process without a host";
  if (host.workersByRole.length > 0) {
    return [
      problem(
        ["host", "workersByRole"],
        `is ${host.workersByRole.join(",")}, and more than one worker ${need}`,
      ),
    ];
  }
  if (host.workers <= 1) return [];
  return [problem(["host", "workers"], `is ${host.workers}, and more than one worker ${need}`)];
}

function tooManyWorkers(settings: NodeSettings): SettingProblem[] {
  const { length } = plannedWorkers(settings);
  if (length <= WORKERS_MAX) return [];
  return [problem(["host", "workersByRole"], `asks for ${length} workers, and ${WORKERS_MAX} are the most`)];
}

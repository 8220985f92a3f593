import { isFault } from "../fault.ts";
import type { RedisConnection } from "./redis-connection.ts";
import type { RedisFacts } from "./redis-fitness.ts";

const INFO_SECTIONS = ["server", "replication", "persistence", "memory"];

/** Asks each server what it is and how it is set up. @throws Fault redisUnavailable, redisUnanswered */
export async function readRedisFacts(connection: RedisConnection): Promise<readonly RedisFacts[]> {
  const [infos, fsyncs, minimums, coverages] = await Promise.all([
    connection.everywhere("info", ...INFO_SECTIONS),
    settingEverywhere(connection, "appendfsync"),
    settingEverywhere(connection, "min-replicas-to-write"),
    connection.isCluster ? settingEverywhere(connection, "cluster-require-full-coverage") : [],
  ]);
  return infos.map((info, at) => ({
    ...factsOf(String(info), fsyncs[at], minimums[at]),
    ...(coverages[at] === undefined ? {} : { needsAllSlots: coverages[at] === "yes" }),
  }));
}

/** The facts in the text of `INFO` and two settings. Pure. */
export function factsOf(info: string, appendFsync?: string, minReplicas?: string): RedisFacts {
  const fields = new Map(
    info.split(/\r?\n/).flatMap((line): [string, string][] => {
      const colon = line.indexOf(":");
      return colon === -1 ? [] : [[line.slice(0, colon), line.slice(colon + 1)]];
    }),
  );
  return {
    version: fields.get("redis_version") ?? "of unknown version",
    role: fields.get("role") === "master" ? "primary" : "replica",
    evictionPolicy: fields.get("maxmemory_policy") ?? "unknown",
    keepsAppendFile: fields.get("aof_enabled") === "1",
    appendFsync,
    onlineReplicas: [...fields].filter(
      ([name, value]) => /^slave\d+$/.test(name) && /state=online/.test(value),
    ).length,
    minReplicasToWrite: minReplicas === undefined ? undefined : Number(minReplicas),
  };
}

async function settingEverywhere(
  connection: RedisConnection,
  setting: string,
): Promise<readonly (string | undefined)[]> {
  try {
    const answers = await connection.everywhere("config", "get", setting);
    return answers.map((answer) => (Array.isArray(answer) ? String(answer[1]) : undefined));
  } catch (error) {
    // Some services hide their settings: then what depends on them is not promised.
    if (isFault(error, "redisRefused")) return [];
    throw error;
  }
}

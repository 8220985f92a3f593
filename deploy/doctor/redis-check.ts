import type { Durability } from "../../runtime/persistence/journal.ts";
import type { FamilyCount, KeySurvey } from "../../runtime/redis/key-survey.ts";
import { redisFitness } from "../../runtime/redis/redis-fitness.ts";
import type { RedisFacts } from "../../runtime/redis/redis-fitness.ts";
import { rightsProblem, UNVERIFIED_RIGHTS } from "../../runtime/redis/redis-rights.ts";
import type { Paint, Row } from "../drawings/columns.ts";
import { drawTable } from "../drawings/columns.ts";
import { bytes, oneLine } from "../drawings/units.ts";
import { fail, ok, warn } from "./finding.ts";
import type { Finding } from "./finding.ts";

const KEY_LENGTH_MAX = 60;

/** What a server says of itself, and whether a node with these settings would start on it. Pure. */
export function checkServer(facts: RedisFacts, asked: Durability): readonly Finding[] {
  const { problems, warnings, strongest } = redisFitness(facts, asked);
  return [
    ok("server", `Redis ${facts.version}, ${facts.role}, ${replicasOf(facts)}`),
    ok("persistence", `${persistenceOf(facts)}; it can promise ${strongest}, and ${asked} is asked for`),
    ok("eviction", `maxmemory-policy ${facts.evictionPolicy}`),
    ...problems.map((problem) => fail("fitness", problem, "a node with these settings does not start on it")),
    ...warnings.map((warning) => warn("fitness", warning, "it can be used all the same")),
  ];
}

function replicasOf({ onlineReplicas, minReplicasToWrite }: RedisFacts): string {
  if (onlineReplicas === 0) return "no replica";
  const least = minReplicasToWrite ?? "not shown";
  return `${onlineReplicas} online ${onlineReplicas === 1 ? "replica" : "replicas"}, min-replicas-to-write ${least}`;
}

function persistenceOf({ keepsAppendFile, appendFsync }: RedisFacts): string {
  if (!keepsAppendFile) return "no append-only file";
  return `append-only file, appendfsync ${appendFsync ?? "is not shown to this user"}`;
}

/** Whether this user of Redis may do what a node needs; undefined when that cannot be found out. Pure. */
export function checkRights(missing: readonly string[] | undefined): Finding {
  if (missing === undefined) return warn("rights", UNVERIFIED_RIGHTS, "it can be used all the same");
  const [problem] = rightsProblem(missing);
  if (problem === undefined) return ok("rights", "this user may do what is needed");
  return fail("rights", problem, "deploy/docs/redis.md has the whole rule");
}

/** Whether the database is that of this cluster, by the names that its marks have. Pure. */
export function checkMark(names: readonly string[], own: string): Finding {
  const others = names.filter((name) => name !== own);
  if (names.length === 0) return ok("mark", "no cluster has used this database yet");
  if (others.length === 0) return ok("mark", `this database belongs to the cluster ${own}`);
  return fail(
    "mark",
    `this database carries the mark of the cluster ${others.join(", ")}, and cluster.name is ${own}`,
    "give each cluster a database of its own, or set cluster.name to join that one",
  );
}

/** Whether there are keys that nobody has declared: then another program writes into this database. Pure. */
export function checkKeys({ families, keys, isCut }: KeySurvey): Finding {
  const counted = `${keys}${isCut ? " of more" : ""} keys`;
  const stray = families.find(({ family }) => family === undefined);
  if (stray === undefined) return ok("keys", `${counted}, all of declared families`);
  return fail(
    "keys",
    `${counted}, ${stray.keys} of no declared family, such as ${oneLine(stray.example, KEY_LENGTH_MAX)}`,
    "give the cluster a database of its own: what others write there may be taken for its own, or fill its memory",
  );
}

/** Draws the families of keys: how many there are, what they take, and what removes them. Pure. */
export function drawFamilies({ families }: KeySurvey, paint: Paint): string {
  if (families.length === 0) return "There are no keys.";
  const headings = ["family", "keys", "memory", "pattern", "what removes it"];
  return drawTable({ headings, numbers: ["keys", "memory"], rows: families.map(rowOf) }, paint);
}

function rowOf({ family, keys, bytes: held, example }: FamilyCount): Row {
  const counts = [String(keys), bytes(held)];
  if (family !== undefined) return { cells: [family.name, ...counts, family.pattern, family.removedBy] };
  return { cells: ["unknown", ...counts, oneLine(example, KEY_LENGTH_MAX), "nobody knows"], style: "alarm" };
}

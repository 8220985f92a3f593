import { isFault } from "../fault.ts";
import { KEY_FAMILIES } from "./redis-keys.ts";
import type { RedisConnection, RedisServer } from "./redis-connection.ts";

/** A command as an example of what is asked of Redis, with the right that it takes. */
interface NeededRight {
  readonly right: string;
  readonly command: readonly string[];
}

/** What stands for a value. */
const ANY = "0";
/** A key that any user of the cluster may use. */
const KEY = "{a:any}:st";

/** Each command that is ever sent, or run by a script, with as many words as it takes at least. */
const COMMANDS: readonly (readonly string[])[] = [
  ["asking"],
  ["client", "setname", ANY],
  ["cluster", "info"],
  ["cluster", "slots"],
  ["config", "get", ANY],
  ["del", KEY],
  ["eval", "return 0", "1", KEY],
  ["evalsha", ANY, "1", KEY],
  ["exists", KEY],
  ["get", KEY],
  ["hdel", KEY, ANY],
  ["hget", KEY, ANY],
  ["hgetall", KEY],
  ["hlen", KEY],
  ["hmget", KEY, ANY],
  ["hscan", KEY, ANY],
  ["hset", KEY, ANY, ANY],
  ["hsetnx", KEY, ANY, ANY],
  ["info"],
  ["llen", KEY],
  ["lrange", KEY, ANY, ANY],
  ["ltrim", KEY, ANY, ANY],
  ["memory", "usage", KEY],
  ["ping"],
  ["readwrite"],
  ["rename", KEY, KEY],
  ["rpush", KEY, ANY],
  ["sadd", KEY, ANY],
  ["scan", ANY],
  ["select", ANY],
  ["set", KEY, ANY],
  ["smembers", KEY],
  ["spublish", "{t:any}:say", ANY],
  ["ssubscribe", "{t:any}:say"],
  ["sunsubscribe"],
  ["time"],
  ["unwatch"],
  ["wait", ANY, ANY],
  ["xadd", KEY, "*", ANY, ANY],
  ["xlen", KEY],
  ["xrange", KEY, "-", "+"],
  ["xread", "STREAMS", KEY, ANY],
  ["xtrim", KEY, "MINID", ANY],
  ["zadd", KEY, ANY, ANY],
  ["zcard", KEY],
  ["zcount", KEY, ANY, ANY],
  ["zrange", KEY, ANY, ANY],
  ["zrangebylex", KEY, "-", "+"],
  ["zrangebyscore", KEY, ANY, ANY],
  ["zrem", KEY, ANY],
  ["zscore", KEY, ANY],
];
/** Those whose second word is a part of the command. */
const CONTAINERS = new Set(["client", "cluster", "config", "memory"]);
/** By these a node finds out what it may do. */
const OWN_RIGHTS = ["+acl|whoami", "+acl|dryrun"];

/** Everything that a user of Redis has to be allowed for a cluster, as `ACL SETUSER` takes it. Pure. */
export function neededRules(): readonly string[] {
  return [...new Set(needed().map(({ right }) => right)), ...OWN_RIGHTS];
}

/** What an operator should know who does not let a user find out what it may do. */
export const UNVERIFIED_RIGHTS = `what this user of Redis may do cannot be verified: allow it ${OWN_RIGHTS.join(" ")}`;

/** Why a user cannot be used that lacks these rules, in words; nothing when it lacks none. Pure. */
export function rightsProblem(missing: readonly string[]): readonly string[] {
  if (missing.length === 0) return [];
  return [`this user of Redis may not do what is needed: ACL SETUSER it with ${missing.join(" ")}`];
}

/** What this user of Redis may not do and has to, as rules for `ACL SETUSER`; undefined when it may not find that out. @throws Fault of the store */
export async function missingRights(connection: RedisConnection): Promise<readonly string[] | undefined> {
  const missing = await Promise.all(connection.servers().map(missingAt));
  return missing.includes(undefined) ? undefined : [...new Set(missing.flatMap((rules) => rules ?? []))];
}

async function missingAt(server: RedisServer): Promise<readonly string[] | undefined> {
  try {
    const user = String(await server("acl", "whoami"));
    const answers = await Promise.all(
      needed().map(async ({ right, command }) =>
        (await server("acl", "dryrun", user, ...command)) === "OK" ? [] : [right],
      ),
    );
    return answers.flat();
  } catch (error) {
    if (isFault(error, "redisRefused")) return undefined;
    throw error;
  }
}

function needed(): readonly NeededRight[] {
  const commands = COMMANDS.map((command) => ({ right: `+${nameOf(command)}`, command }));
  const keys = KEY_FAMILIES.map(({ pattern, type }) => {
    const prefix = pattern.slice(0, pattern.includes("*") ? pattern.indexOf("*") : pattern.indexOf(":") + 1);
    const example = pattern.replace("*", "any");
    return type === "channel"
      ? { right: `&${prefix}*`, command: ["ssubscribe", example] }
      : { right: `~${prefix}*`, command: ["exists", example] };
  });
  return [...keys, ...commands];
}

function nameOf([name = "", part = ""]: readonly string[]): string {
  return CONTAINERS.has(name) ? `${name}|${part}` : name;
}

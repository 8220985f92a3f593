/** A place where a Redis server, or a Sentinel, listens. */
export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

/** Which Redis a URL means, and how to get in. */
export interface RedisTarget {
  /** `single`: one server. `sentinel`: the primary that the Sentinels name. `cluster`: the nodes of a Redis Cluster. */
  readonly kind: "single" | "sentinel" | "cluster";
  /** Servers, Sentinels or nodes to begin with; empty for a socket file. */
  readonly hosts: readonly RedisHost[];
  /** The socket file of a server on this machine. */
  readonly path?: string;
  readonly isEncrypted: boolean;
  readonly username?: string;
  readonly password?: string;
  readonly database: number;
  /** What the Sentinels call the primary. */
  readonly masterName?: string;
  readonly sentinelUsername?: string;
  readonly sentinelPassword?: string;
}

/** A URL read, or what is wrong with it: which part, and what it should be. A problem never repeats a password. */
export type RedisUrl =
  | { readonly kind: "target"; readonly target: RedisTarget }
  | { readonly kind: "refused"; readonly problem: string };

const KINDS: Readonly<Record<string, Pick<RedisTarget, "kind" | "isEncrypted">>> = {
  redis: { kind: "single", isEncrypted: false },
  rediss: { kind: "single", isEncrypted: true },
  "redis+unix": { kind: "single", isEncrypted: false },
  "redis+sentinel": { kind: "sentinel", isEncrypted: false },
  "rediss+sentinel": { kind: "sentinel", isEncrypted: true },
  "redis+cluster": { kind: "cluster", isEncrypted: false },
  "rediss+cluster": { kind: "cluster", isEncrypted: true },
};
const REDIS_PORT = 6379;
const SENTINEL_PORT = 26_379;
const PORT_MAX = 65_535;
const DATABASE_MAX = 15;
const SHAPE = /^([a-z+]+):\/\/(?:([^@/?#]*)@)?([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/i;
/** A name or an IPv4 address, or an IPv6 address in brackets; then perhaps a port. */
const HOST = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]+))(?::(\d*))?$/i;

class Problem extends Error {}

/**
 * Reads `redis://user:password@host:6379/0`, `rediss://` (TLS), `redis+unix:///path/to/socket`,
 * `redis+sentinel://sentinel1,sentinel2/primary-name/0` and `redis+cluster://node1,node2`. Pure.
 */
export function parseRedisUrl(text: string): RedisUrl {
  try {
    return { kind: "target", target: parsed(text) };
  } catch (error) {
    if (error instanceof Problem) return { kind: "refused", problem: error.message };
    throw error;
  }
}

function parsed(text: string): RedisTarget {
  const match = SHAPE.exec(text);
  if (match === null) throw new Problem("it should look like redis://host:6379");
  const [, scheme = "", access, hosts = "", path = "", query = ""] = match;
  // What stands before a late @ is part of a password: nothing of it may be repeated, or taken for a host.
  if (`${hosts}${path}${query}`.includes("@")) {
    throw new Problem("what a user name, a password or a path has of / ? # @ should be percent-encoded");
  }
  const kind = KINDS[scheme.toLowerCase()];
  if (kind === undefined) {
    throw new Problem(`the scheme ${scheme}:// should be one of ${Object.keys(KINDS).join(", ")}`);
  }
  const base = { ...kind, ...accessOf(access), ...sentinelAccess(query, kind.kind) };
  if (scheme.toLowerCase() === "redis+unix") return { ...base, ...socketOf(hosts, path) };
  return {
    ...base,
    hosts: hostsOf(hosts, kind.kind),
    ...(kind.kind === "sentinel" ? primaryOf(path) : { database: databaseOf(path, kind.kind) }),
  };
}

function accessOf(access: string | undefined): Pick<RedisTarget, "username" | "password"> {
  if (access === undefined || access === "") return {};
  const colon = access.indexOf(":");
  const username = decoded(colon === -1 ? access : access.slice(0, colon), "user name");
  const password = colon === -1 ? "" : decoded(access.slice(colon + 1), "password");
  if (password === "") throw new Problem("the user name has no password after it: user:password@");
  return username === "" ? { password } : { username, password };
}

function socketOf(host: string, path: string): Pick<RedisTarget, "hosts" | "path" | "database"> {
  if (host !== "" || path.length < 2) {
    throw new Problem("the socket file should be an absolute path: redis+unix:///run/redis.sock");
  }
  return { hosts: [], path: decoded(path, "path"), database: 0 };
}

function hostsOf(text: string, kind: RedisTarget["kind"]): RedisHost[] {
  const usualPort = kind === "sentinel" ? SENTINEL_PORT : REDIS_PORT;
  const hosts = text.split(",").map((host, at) => {
    // It is not repeated: where the host was forgotten, it is a password.
    return hostOf(host, usualPort) ?? refuse(`host ${at + 1} should be host or host:port`);
  });
  if (kind === "single" && hosts.length > 1) {
    throw new Problem("several hosts need redis+sentinel:// or redis+cluster://");
  }
  return hosts;
}

function hostOf(text: string, usualPort: number): RedisHost | undefined {
  const [, ipv6, name, port] = HOST.exec(text) ?? [];
  const host = ipv6 ?? name;
  if (host === undefined) return undefined;
  if (port === undefined) return { host, port: usualPort };
  const number = Number(port);
  if (port === "" || number < 1 || number > PORT_MAX) {
    throw new Problem(`the port ${JSON.stringify(port)} of ${host} should be 1 to ${PORT_MAX}`);
  }
  return { host, port: number };
}

function refuse(problem: string): never {
  throw new Problem(problem);
}

function primaryOf(path: string): Pick<RedisTarget, "masterName" | "database"> {
  const [, name = "", ...rest] = path.split("/");
  if (name === "") {
    throw new Problem("the name of the primary is missing: redis+sentinel://host:26379/name");
  }
  return {
    masterName: decoded(name, "name of the primary"),
    database: databaseOf(`/${rest.join("/")}`, "sentinel"),
  };
}

function databaseOf(path: string, kind: RedisTarget["kind"]): number {
  const text = path.slice(1);
  if (text === "") return 0;
  const database = Number(text);
  if (!/^\d+$/.test(text) || database > DATABASE_MAX) {
    throw new Problem(`the database ${JSON.stringify(text)} should be 0 to ${DATABASE_MAX}`);
  }
  if (kind === "cluster" && database !== 0) throw new Problem("a Redis Cluster has no database but 0");
  return database;
}

function sentinelAccess(
  query: string,
  kind: RedisTarget["kind"],
): Pick<RedisTarget, "sentinelUsername" | "sentinelPassword"> {
  const access: { sentinelUsername?: string; sentinelPassword?: string } = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (kind !== "sentinel" || (name !== "sentinelUsername" && name !== "sentinelPassword")) {
      throw new Problem(`nothing is known about ?${name}`);
    }
    access[name] = value;
  }
  return access;
}

function decoded(text: string, part: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Problem(`the ${part} is not percent-encoded rightly`);
  }
}

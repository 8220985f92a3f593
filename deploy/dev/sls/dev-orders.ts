import { ApiError } from "./api-error.ts";
import { empty, json } from "./dev-call.ts";
import type { DevAnswer, DevCall } from "./dev-call.ts";
import type { DevStore } from "./dev-store.ts";
import type { Fault, Faults } from "./faults.ts";
import { readBodyOf } from "./json-body.ts";
import type { SkewedClock } from "./skewed-clock.ts";

/** What may be ordered about a server that runs in another process. */
export interface Orderly {
  readonly store: DevStore;
  readonly faults: Faults;
  readonly clock: SkewedClock;
}

const FAULT_KINDS: ReadonlySet<unknown> = new Set<Fault["kind"]>([
  "hang",
  "stall",
  "drip",
  "reset",
  "delay",
  "error",
  "lostAnswer",
  "wrongSize",
  "wrongCount",
  "truncate",
]);

/** `/_dev/...`: faults, the clock, retention and what there is. The service itself has nothing like it. @throws ApiError */
export function carryOut(server: Orderly, call: DevCall): DevAnswer {
  const order = `${call.verb} ${call.parts[1]}`;
  if (order === "GET state") return json(stateOf(server));
  if (order === "DELETE faults") server.faults.clear();
  else if (order === "POST faults") server.faults.add(readFault(call));
  else if (order === "POST clock") server.clock.skewMs = numberIn(call, "skewMs");
  else if (order === "POST trim") trim(server, call);
  else throw new ApiError(404, "UnknownOrder", `${order} is not known`);
  return empty();
}

function readFault(call: DevCall): Fault {
  const fault = readBodyOf(call);
  if (!FAULT_KINDS.has(fault["kind"])) {
    throw new ApiError(400, "UnknownFault", "this kind of fault is not known");
  }
  return fault as unknown as Fault;
}

/** Drops the oldest log groups of a shard, as retention does. */
function trim({ store }: Orderly, call: DevCall): void {
  const { project, logstore } = readBodyOf(call);
  const shard = store.logstore(String(project), String(logstore)).shard(numberIn(call, "shard"));
  shard.log.dropOldest(numberIn(call, "groups"));
}

function numberIn(call: DevCall, name: string): number {
  const value = readBodyOf(call)[name];
  if (typeof value === "number") return value;
  throw new ApiError(400, "JsonInfoInvalid", `${name} is a number`);
}

function stateOf({ store, clock }: Orderly) {
  const logstores = store.projects().flatMap((project) =>
    [...store.logstores(project)].map(([name, { shards, groups }]) => ({
      project,
      name,
      consumerGroups: [...groups.keys()],
      shards: [...shards.values()].map(({ id, isReadonly, parents, log, reads, writes }) => ({
        id,
        isReadonly,
        parents,
        groups: log.size,
        first: String(log.first),
        end: String(log.end),
        bytes: log.bytes,
        reads: reads.total,
        writes: writes.total,
      })),
    })),
  );
  return { skewMs: clock.skewMs, logstores };
}

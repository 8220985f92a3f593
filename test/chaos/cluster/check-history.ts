import { checkCounted } from "./check-counted.ts";
import { checkOrder } from "./check-order.ts";
import { checkOwners } from "./check-owners.ts";
import { checkPromises } from "./check-promises.ts";
import { checkRecovered } from "./check-recovered.ts";
import type { History } from "./history.ts";

/** Holds a run against the invariants of a cluster, and answers in words what is broken. Pure. */
export function checkHistory(history: History): readonly string[] {
  return [
    ...history.mishaps,
    ...checkOwners(history),
    ...checkPromises(history),
    ...checkOrder(history),
    ...checkCounted(history),
    ...checkRecovered(history),
  ];
}

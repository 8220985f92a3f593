import { setFlagsFromString } from "node:v8";
import { isForLogs } from "../actors/logs/sources-of.ts";
import type { NodeSettings } from "../protocols/settings.ts";
import { flagsUnless, nodeOptions } from "./node-flags.ts";

const GROWING_FLAG = "--heap-growing-percent=40";

/**
 * Has the heap of a node that pulls logs collected when it has grown by less than half. What is read and counted lives for seconds, long enough to be taken for old: V8 would let such a heap
 * become three times as large as what lives in it.
 */
export function keepHeapLean(settings: Pick<NodeSettings, "logs" | "cluster">): void {
  for (const flag of leanFlags(settings, nodeOptions())) setFlagsFromString(flag);
}

/** What V8 is told of the heap of a node, about which an operator has said this. Pure. */
export function leanFlags(settings: Pick<NodeSettings, "logs" | "cluster">, said: string): readonly string[] {
  const pulls = isForLogs(settings) && settings.logs.sources.some(({ kind }) => kind === "sls");
  return pulls ? flagsUnless(said, [GROWING_FLAG]) : [];
}

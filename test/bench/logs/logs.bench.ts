/**
 * Logs from the packed body of a pull to counts. Equal for both in `scan`: the same 20,000 nginx logs in 100 groups, the same
 * lz4 decoder, the same counts by cell and status. The peer is protobufjs with the description that the official package brings.
 * All other parts have no peer: a server of SLS in a process of its own answers over HTTP, and what is measured ends with counts on the disk.
 */
import type { Benchmark } from "../benchmark.ts";
import { backlog } from "./backlog.ts";
import { drain } from "./drain.ts";
import { file } from "./file.ts";
import { flat } from "./flat.ts";
import { latency } from "./latency.ts";
import { pull } from "./pull.ts";
import { scan } from "./scan.ts";

export const logs: Benchmark = {
  name: "logs",
  peers: ["@alicloud/log"],
  parts: [scan, file, pull, latency, drain, backlog, flat],
};

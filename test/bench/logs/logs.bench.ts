/**
 * Logs from the packed body of a pull to counts. Equal for both in `scan`: the same 20,000 nginx logs in 100 groups, the same
 * lz4 decoder, the same counts by cell and status. The peer is protobufjs with the description that the official package brings.
 */
import type { Benchmark } from "../benchmark.ts";
import { file } from "./file.ts";
import { pull } from "./pull.ts";
import { scan } from "./scan.ts";

export const logs: Benchmark = {
  name: "logs",
  peers: ["@alicloud/log"],
  parts: [scan, file, pull],
};

/**
 * A server of SLS as a process of its own: `sls-process.js BACKLOG`, the backlog as JSON. It says where it is, takes orders of more groups as lines on its input, and stays until it
 * is killed. Groups of one time are the same bytes in all shards, so that a backlog of many gigabytes costs no memory.
 */
import { createInterface } from "node:readline";
import { SlsServer } from "../../../deploy/dev/sls/sls-server.ts";
import { encodeLogGroup } from "../../../runtime/sls/encode-log-group.ts";
import type { LogField } from "../../../runtime/sls/log-group.ts";
import { BENCH_KEY, BENCH_LOGSTORE, BENCH_PROJECT } from "./sls-names.ts";
import type { Backlog } from "./sls-names.ts";

const AGENT =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
/** How far apart in time the groups of a backlog may be told, in milliseconds. */
const TICK_MS = 30_000;

function fieldsOf(id: number): LogField[] {
  return [
    ["remote_addr", `10.${id % 7}.${id % 199}.${id % 251}`],
    ["request_method", id % 5 === 0 ? "POST" : "GET"],
    ["request_uri", `/api/v1/items/${id % 500}?page=${id % 20}&from=list`],
    ["route", `/api/v1/items/${id % 20}`],
    ["host", "www.example.com"],
    ["status", id % 20 === 0 ? "404" : "200"],
    ["body_bytes_sent", String(100 + (id % 50_000))],
    ["request_length", String(200 + (id % 2_000))],
    ["request_time", ((id % 2_000) / 1_000).toFixed(3)],
    ["upstream_response_time", ((id % 1_000) / 1_000).toFixed(3)],
    ["http_referer", "https://www.example.com/list"],
    ["http_user_agent", AGENT],
    ["id", String(id)],
  ];
}

function groupAt(timeMs: number, logs: number): Buffer {
  const seconds = Math.floor(timeMs / 1_000);
  const records = Array.from({ length: logs }, (_, log) => ({
    seconds,
    fields: fieldsOf(Math.floor(seconds / 30) * logs + log),
  }));
  return Buffer.from(encodeLogGroup({ topic: "web", source: "10.0.0.1", logs: records }));
}

const backlog = JSON.parse(process.argv[2] ?? "") as Backlog;
const server = await SlsServer.open({ keys: [BENCH_KEY], bytesMax: Number.POSITIVE_INFINITY });
server.store.createProject(BENCH_PROJECT);
const logstore = server.store.createLogstore(BENCH_PROJECT, BENCH_LOGSTORE, {
  shards: backlog.shards,
  ttlDays: 1,
});

/** Puts the same number of groups into each shard, the oldest logs first. */
function fill({ shards, groups, logsInGroup, spreadMs = 0 }: Backlog): void {
  const ticks = Math.max(1, Math.round(spreadMs / TICK_MS));
  const endMs = Date.now();
  const told = Array.from({ length: ticks }, (_, tick) =>
    groupAt(endMs - (ticks - 1 - tick) * TICK_MS, logsInGroup),
  );
  for (let shard = 0; shard < shards; shard++) {
    const place = logstore.shard(shard);
    for (let group = 0; group < groups; group++) {
      const bytes = told[Math.floor((group * ticks) / groups)] ?? Buffer.alloc(0);
      place.log.append({ bytes, receivedAt: endMs / 1_000 });
    }
  }
}

fill(backlog);
process.stdout.write(`${server.url}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  fill(JSON.parse(line) as Backlog);
  process.stdout.write("filled\n");
}

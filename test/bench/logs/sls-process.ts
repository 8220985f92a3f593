/**
 * A server of SLS as a process of its own, with a backlog: `sls-process.js SHARDS GROUPS LOGS`. It says where it is, and stays until it is killed. All groups
 * of a shard are the same bytes, so that a large backlog costs no memory.
 */
import { SlsServer } from "../../../deploy/dev/sls/sls-server.ts";
import { encodeLogGroup } from "../../../runtime/sls/encode-log-group.ts";
import type { LogField } from "../../../runtime/sls/log-group.ts";
import { BENCH_KEY, BENCH_LOGSTORE, BENCH_PROJECT } from "./sls-names.ts";

const AGENT =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";

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

const [shards = 1, groups = 1, logs = 1] = process.argv.slice(2).map(Number);
const server = await SlsServer.open({ keys: [BENCH_KEY], bytesMax: Number.POSITIVE_INFINITY });
server.store.createProject(BENCH_PROJECT);
const logstore = server.store.createLogstore(BENCH_PROJECT, BENCH_LOGSTORE, { shards, ttlDays: 1 });
const seconds = Math.floor(Date.now() / 1_000);
for (let shard = 0; shard < shards; shard++) {
  const records = Array.from({ length: logs }, (_, log) => ({
    seconds,
    fields: fieldsOf(shard * logs + log),
  }));
  const group = Buffer.from(encodeLogGroup({ topic: "web", source: "10.0.0.1", logs: records }));
  for (let count = 0; count < groups; count++) logstore.append(logstore.shard(shard), group);
}
process.stdout.write(`${server.url}\n`);

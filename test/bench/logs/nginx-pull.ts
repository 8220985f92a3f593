import { encodeLogGroup, groupHead } from "../../../runtime/sls/encode-log-group.ts";
import type { Log, LogField } from "../../../runtime/sls/log-group.ts";
import { SeededChance } from "../../support/seeded-chance.ts";

const FIRST_SECOND = 1_700_000_000;
const LOGS_PER_SECOND = 5000;
const AGENTS = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
  "okhttp/4.12.0",
];

/** The log groups of one pull: nginx logs as an agent sends them, about 450 bytes each; the same ones every time. */
export function nginxPull(groups: number, logsInGroup: number): Uint8Array {
  const chance = new SeededChance(20_26);
  const parts = Array.from({ length: groups }, (_, group) => {
    const logs = Array.from({ length: logsInGroup }, (__, index) =>
      nginxLog(chance, group * logsInGroup + index),
    );
    return encodeLogGroup({
      topic: "web",
      source: `10.0.0.${group % 8}`,
      tags: [
        ["__hostname__", `web-${group % 8}`],
        ["__path__", "/var/log/nginx/access.log"],
        ["__pack_id__", `${group.toString(16).padStart(16, "0")}-1`],
      ],
      logs,
    });
  });
  return Buffer.concat(parts.flatMap((group) => [groupHead(group.length), group]));
}

function nginxLog(chance: SeededChance, id: number): Log {
  const seconds = FIRST_SECOND + Math.floor(id / LOGS_PER_SECOND);
  const fields: LogField[] = [
    ["remote_addr", `10.${chance.between(0, 255)}.${chance.between(0, 255)}.${chance.between(1, 254)}`],
    ["request_method", chance.next() < 0.8 ? "GET" : "POST"],
    ["request_uri", `/api/v1/items/${chance.between(1, 9999)}?page=${chance.between(1, 20)}&from=list`],
    ["host", "www.example.com"],
    ["status", chance.next() < 0.95 ? "200" : "404"],
    ["body_bytes_sent", String(chance.between(100, 50_000))],
    ["request_length", String(chance.between(200, 2000))],
    ["request_time", (chance.between(1, 2000) / 1000).toFixed(3)],
    ["upstream_response_time", (chance.between(1, 1000) / 1000).toFixed(3)],
    ["http_referer", "https://www.example.com/list"],
    ["http_user_agent", AGENTS[chance.between(0, AGENTS.length - 1)] ?? ""],
    ["time_local", "14/Nov/2023:22:13:20 +0000"],
    ["id", String(id)],
  ];
  return { seconds, fields };
}

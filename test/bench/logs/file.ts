import { createWriteStream, mkdtempSync, readFileSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pass } from "node:timers/promises";
import { logsFeature } from "../../../actors/logs/feature.ts";
import { monitoringFeature } from "../../../actors/monitoring/feature.ts";
import { nodeStores } from "../../../deploy/open-stores.ts";
import { CountPartialProtocol } from "../../../protocols/partial.ts";
import { startLocalNode } from "../../support/local-node.ts";
import { LogRecord } from "../../support/log-record.ts";
import type { Circumstances, Part, Sample } from "../benchmark.ts";

const LINES = { quick: 200_000, full: 1_000_000 };
const AGENT =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36";
const LINES_PER_WRITE = 10_000;
const LOOK_EVERY_MS = 5;

/** A log as nginx writes it, of the last minutes. */
async function writeLog(path: string, lines: number): Promise<void> {
  const out = createWriteStream(path);
  const beganMs = Date.now() - lines / 10;
  for (let line = 0; line < lines; line += LINES_PER_WRITE) {
    const text = Array.from({ length: LINES_PER_WRITE }, (_, index) => lineOf(line + index, beganMs));
    if (!out.write(text.join(""))) await once(out, "drain");
  }
  out.end();
  await once(out, "close");
}

function lineOf(number: number, beganMs: number): string {
  const at = new Date(beganMs + number / 10);
  const [, month, day, year, time] = /^\w+ (\w+) (\d+) (\d+) ([\d:]+)/.exec(utcText(at)) ?? [];
  const status = number % 50 === 0 ? 404 : 200;
  const path = `/api/v2/items/${number % 500}/details?page=${number % 7}`;
  return `10.${number % 7}.${number % 200}.${number % 250} - - [${day}/${month}/${year}:${time} +0000] "GET ${path} HTTP/1.1" ${status} ${number % 9_000} "https://shop.example/items" "${AGENT}"\n`;
}

/** `Sun Nov 22 2026 15:04:05`, in UTC. */
function utcText(at: Date): string {
  const [weekday = "", day, month, year, time] = at.toUTCString().split(" ");
  return `${weekday.slice(0, 3)} ${month} ${day} ${year} ${time}`;
}

/** From the file to counts on the disk, in the five metrics that are counted of every log. */
async function ours({ quick, scratch }: Circumstances): Promise<Sample> {
  const lines = quick ? LINES.quick : LINES.full;
  const path = join(scratch, "access.log");
  await writeLog(path, lines);
  // One of its own: in that of an earlier round all would be counted already.
  const dataDir = mkdtempSync(join(scratch, "data-"));
  const { node, stop } = await startLocalNode(
    [monitoringFeature, logsFeature],
    (settings) => ({
      ...settings,
      dataDir,
      listeners: [],
      logs: { ...settings.logs, sources: [{ name: "nginx", kind: "file", path }] },
    }),
    (settings) => nodeStores(settings, { log: new LogRecord(), onBroken: () => undefined }),
  );
  const reader = readFileSync(join(dataDir, "logs", "reader"), "utf8").trim();
  const partial = node.entities.find(CountPartialProtocol)?.entity(`nginx/${reader}`);
  if (partial === undefined) throw new Error("nobody counts");
  const beganMs = performance.now();
  for (;;) {
    const { counted, read } = await node.system.ask(partial, { kind: "account" });
    if (read === lines && counted === lines) break;
    await pass(LOOK_EVERY_MS);
  }
  const ms = performance.now() - beganMs;
  await stop();
  return { linesPerSecond: (lines * 1_000) / ms };
}

/** A log file of nginx, from the disk to counts on the disk. */
export const file: Part = {
  name: "file",
  contenders: { ours },
  rounds: { quick: 1, full: 5 },
  figures: {
    fileLinesPerSecond: {
      kind: "value",
      means: {
        en: "lines a second from a log file of nginx to counts on the disk, in five metrics",
        zh: "每秒从 nginx 日志文件读取并计入磁盘的行数（五项指标）",
      },
      target: { atLeast: 200_000 },
      of: (samples) => samples.median("ours", "linesPerSecond"),
    },
  },
};

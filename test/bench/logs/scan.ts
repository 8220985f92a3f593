import { LogGroupScanner } from "../../../runtime/sls/log-group-scanner.ts";
import { packLz4 } from "../../../runtime/sls/lz4-pack.ts";
import { unpackLz4 } from "../../../runtime/sls/lz4-unpack.ts";
import { protobufOracle } from "../../support/protobuf-oracle.ts";
import type { Circumstances, Part, Sample } from "../benchmark.ts";
import { pace } from "../kernel/pace.ts";
import { nginxPull } from "./nginx-pull.ts";

const GROUPS = 100;
const LOGS_IN_GROUP = 200;
const LOGS = GROUPS * LOGS_IN_GROUP;
const CELL_MS = 30_000;
const WARM_UP_MS = 800;
const STATUSES = 1000;
/** The digit 0. */
const ZERO = 48;

/** Counts one pull, from the packed body to the counts by cell of 30 s and status. */
type CountPull = (packed: Uint8Array, size: number) => Map<number, number>;

/** Runs one way of counting over the same pull, and makes sure that it has counted every log. */
async function measured(count: CountPull, quick: boolean): Promise<Sample> {
  const raw = nginxPull(GROUPS, LOGS_IN_GROUP);
  const packed = packLz4(raw);
  const total = [...count(packed, raw.length).values()].reduce((sum, logs) => sum + logs, 0);
  if (total !== LOGS) throw new Error(`${total} of ${LOGS} logs were counted`);
  const once = async (): Promise<void> => void count(packed, raw.length);
  // A pull is a long batch: a short warm-up is over before the compiler has seen enough of them.
  const warmAtMs = performance.now() + WARM_UP_MS;
  while (performance.now() < warmAtMs) await once();
  return { perSecond: await pace(LOGS, quick, once) };
}

function ours({ quick }: Circumstances): Promise<Sample> {
  const scanner = new LogGroupScanner(["status"]);
  return measured((packed, size) => {
    const counts = new Map<number, number>();
    scanner.scan(unpackLz4(packed, size), ({ bytes, timeMs, starts, ends }) => {
      let status = 0;
      for (let at = starts[0] ?? 0; at < (ends[0] ?? 0); at++) status = status * 10 + (bytes[at] ?? 0) - ZERO;
      note(counts, timeMs, status);
    });
    return counts;
  }, quick);
}

function protobufjs({ quick }: Circumstances): Promise<Sample> {
  const { decodeFast } = protobufOracle();
  return measured((packed, size) => {
    const counts = new Map<number, number>();
    for (const { Logs } of decodeFast(unpackLz4(packed, size))) {
      for (const { Time, Contents } of Logs) {
        note(counts, Time * 1000, Number(Contents.find(({ Key }) => Key === "status")?.Value));
      }
    }
    return counts;
  }, quick);
}

function note(counts: Map<number, number>, timeMs: number, status: number): void {
  const key = Math.floor(timeMs / CELL_MS) * STATUSES + status;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** From the packed body of a pull to counts: scanned in place, or decoded into objects. */
export const scan: Part = {
  name: "scan",
  contenders: { ours, protobufjs },
  rounds: { quick: 1, full: 9 },
  figures: {
    scanVsProtobufjs: {
      kind: "ratio",
      means: {
        en: "logs of a pull unpacked, read and counted in a second, compared with protobufjs",
        zh: "每秒解压、读取并计数的日志数，与 protobufjs 相比",
      },
      target: { atLeast: 4 },
      of: (samples) => samples.ratio("ours", "protobufjs", "perSecond"),
    },
    scannedPerSecond: {
      kind: "value",
      means: {
        en: "logs of a pull unpacked, read and counted in a second, in memory",
        zh: "每秒解压、读取并计数的日志数（内存中）",
      },
      of: (samples) => samples.median("ours", "perSecond"),
    },
  },
};

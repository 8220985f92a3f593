/**
 * A node as a process of its own: `transport-node.js URL INCARNATION`. It does what it reads: `send TO COUNT` numbers parcels from 1 for each receiver
 * (what is refused is tried again), `stream TO COUNT` does that every few milliseconds until `stop`, `ended INCARNATION`, `report`.
 * It says, before anything is acknowledged: `received FROM NUMBER`, `adopted DEAD FROM NUMBER`, `returned TO NUMBER`; and `sent TO COUNT` when it reports.
 */
import { createInterface } from "node:readline";
import { SILENT } from "../../runtime/telemetry/silent-log.ts";
import { SystemClock } from "../../runtime/time/system-clock.ts";
import { openRedisTransport } from "../../runtime/transport/redis-transport.ts";
import { openRedis } from "./open-redis.ts";

const STREAM_EVERY_MS = 5;
const RETRY_MS = 20;

const [url = "", incarnation = ""] = process.argv.slice(2);
const link = await openRedis({ url });
const transport = await openRedisTransport({ link, incarnation, clock: new SystemClock(), log: SILENT });
const sent = new Map<string, number>();
const streams = new Set<NodeJS.Timeout>();
let trying = 0;

/** A file takes it before this returns. */
function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function numberOf(parcel: Uint8Array): string {
  return Buffer.from(parcel).toString().trimEnd();
}

function send(to: string, count: number): void {
  for (let left = count; left > 0; left--) {
    const number = (sent.get(to) ?? 0) + 1;
    const verdict = transport.send(to, Buffer.from(`${number}`.padEnd(40)));
    if (verdict === "busy") return again(to, left);
    if (verdict === "gone") return;
    sent.set(to, number);
  }
}

/** What is tried again later is not sent yet: until then nothing has come to rest. */
function again(to: string, count: number): void {
  trying += count;
  setTimeout(() => {
    trying -= count;
    send(to, count);
  }, RETRY_MS);
}

const commands: Readonly<Record<string, (subject: string, count: number) => void>> = {
  send,
  stream(to, count) {
    streams.add(setInterval(() => send(to, count), STREAM_EVERY_MS));
  },
  stop() {
    for (const timer of streams) clearInterval(timer);
    streams.clear();
  },
  ended(dead) {
    transport.peerEnded(dead);
  },
  report() {
    for (const [to, count] of sent) say(`sent ${to} ${count}`);
    const kept = [...transport.kept.values()].reduce((sum, { parcels }) => sum + parcels, 0);
    say(`reported ${kept + trying}`);
  },
};

transport.listen({
  receive: (from, parcel) => say(`received ${from} ${numberOf(parcel)}`),
  adopted: (from, dead, parcel) => say(`adopted ${dead} ${from} ${numberOf(parcel)}`),
  returned: (to, parcels) => {
    for (const parcel of parcels) say(`returned ${to} ${numberOf(parcel)}`);
  },
});
createInterface({ input: process.stdin }).on("line", (line) => {
  const [command = "", subject = "", count = "0"] = line.split(" ");
  commands[command]?.(subject, Number(count));
});
process.stdin.on("end", () => process.exit());
say("ready");

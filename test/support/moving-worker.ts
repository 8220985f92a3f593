import { tmpdir } from "node:os";
import { gatewayFeature } from "../../actors/gateway/feature.ts";
import { opsFeature } from "../../actors/ops/feature.ts";
import { roomsFeature } from "../../actors/rooms/feature.ts";
import { servicesFeature } from "../../actors/services/feature.ts";
import { HostChannel } from "../../deploy/host-channel.ts";
import type { HostOrder } from "../../deploy/host-channel.ts";
import { loadSettings } from "../../deploy/settings.ts";
import type { NodeSettings } from "../../protocols/settings.ts";
import type { Feature } from "../../runtime/feature.ts";
import { operation, route } from "../../runtime/net/route.ts";
import { BanyanNode } from "../../runtime/node.ts";
import { MemoryJournal } from "../../runtime/persistence/memory-journal.ts";
import { CountingLog } from "../../runtime/telemetry/counting-log.ts";
import { SILENT } from "../../runtime/telemetry/silent-log.ts";

/** A process that serves, takes over and hands over as its test says: what a worker is without command line, settings and watchdog. */

const FREE_PORTS = ["listeners.web.port", "listeners.length.port", "listeners.line.port", "ops.port"];
const STOP_WITHIN_MS = 5_000;
/** A client of a test may send as fast as it likes, and ask for more than it reads. */
const LIMITS = {
  connections: 20_000,
  connectionsPerAddress: 20_000,
  messagesPerSecond: 100_000,
  burst: 100_000,
  outboundBytes: 4_194_304,
};
const BODY_BYTES_MAX = 1_048_576;

/** Says back what it is told, and counts for whom it opened and closed. */
function echo(): Feature {
  const counts = { opened: 0, closed: 0 };
  const text = route("/echo", {
    protocol: "text",
    onOpen: () => void counts.opened++,
    onClose: () => void counts.closed++,
    onMessage: ({ outlet }, said, context) => {
      // A text that begins with a number wants as many letters back.
      const letters = Number.parseInt(said, 10);
      const answer = Number.isNaN(letters) ? said : `${said} ${"x".repeat(letters)}`;
      context.tell(outlet, { kind: "sendText", text: answer });
    },
    onRequest: {
      GET: operation({
        summary: "Says who answers",
        answers: { 200: {} },
        handle: () => ({
          status: 200,
          body: { pid: process.pid, open: node.traffic().connections, ...counts },
        }),
      }),
      POST: operation({
        summary: "Says how much has come",
        answers: { 200: {} },
        bodyMaxBytes: BODY_BYTES_MAX,
        handle: ({ raw }) => ({ status: 200, body: { pid: process.pid, bytes: raw.length } }),
      }),
    },
  });
  return { name: "echo", start: () => ({ routes: [text] }) };
}

function settings(): NodeSettings {
  const flags = FREE_PORTS.map((dotted) => ({ dotted, text: "0", flag: "test" }));
  flags.push({ dotted: "ops.token", text: "the-operators-token-of-a-test", flag: "test" });
  const loaded = loadSettings({ folder: tmpdir(), environment: {}, flags });
  const texts = ["length", "line"].map((framing) => ({
    name: `text-${framing}`,
    kind: "tcp",
    host: "127.0.0.1",
    port: 0,
    framing,
    routes: ["/echo"],
  }));
  const listeners = [...loaded.listeners, ...(texts as NodeSettings["listeners"])];
  return { ...loaded, listeners, limits: { ...loaded.limits, ...LIMITS } };
}

const channel = new HostChannel((order) => void obey(order));
const log = new CountingLog(SILENT);
const node = new BanyanNode({
  settings: settings(),
  features: [roomsFeature, echo(), servicesFeature, gatewayFeature, opsFeature],
  log,
  version: "test",
  // It promises what features ask for; what is stored does not move.
  journal: new MemoryJournal({ strongest: "replicated" }),
  bindSocket: channel.bindSocket,
});
process.once("disconnect", () => process.exit(1));
await node.prepare();
await channel.send({ kind: "prepared" });

const serving = (): void => channel.tell({ kind: "serving", urls: node.urls() });

async function obey(order: HostOrder): Promise<void> {
  switch (order.kind) {
    case "serve":
      await node.serve();
      return serving();
    case "adopt":
      return void (await node.adopt(channel.peer, { onServing: serving }));
    case "handOver": {
      const moved = await node.handOver(channel.peer).catch(() => undefined);
      if (moved !== undefined) await channel.send({ kind: "handedOver", ...moved });
      return undefined;
    }
    case "keep":
      await node.keep();
      return serving();
    case "predecessorGone":
      return node.predecessorGone();
    case "stop":
      await node.stop(STOP_WITHIN_MS);
      return process.exit(0);
    case "beat":
    case "reaped":
      return undefined;
  }
}

import type { NodeSettings } from "../protocols/settings.ts";
import { AssembledNode } from "./assembled-node.ts";
import { settingsOf } from "./commands/settings-options.ts";
import { HostChannel } from "./host-channel.ts";
import type { HostOrder } from "./host-channel.ts";
import { workerTitle } from "./host/strays/process-facts.ts";
import { SUCCESSOR } from "./host/worker/worker-place.ts";
import { EXIT_CODES, Refusal } from "./refusal.ts";
import { RUNS_IN_VARIABLE } from "./settings-names.ts";
import type { PortAddress } from "../runtime/net/bind.ts";
import { OPERATORS_PORT } from "../runtime/node-ports.ts";
import { settingsOfWorker } from "./worker-plan.ts";
import { startRefusal } from "./start-refusal.ts";
import { version } from "./version.ts";
import { WorkerLife } from "./worker-life.ts";

/** How long a worker may take to stop whose host is gone, in milliseconds. */
const ORPHAN_STOP_WITHIN_MS = 3_000;
/** They are for the host, which tells its workers; a terminal and a service manager send them to all of a group. */
const SIGNALS_FOR_HOST = ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR2"] as const;

/** Runs a node as a worker of the host that has started this process: `worker.js NUMBER OPTIONS`, and `successor` where another one serves. */
export async function runWorker([number = "1", options = "{}", place]: readonly string[]): Promise<void> {
  process.title = workerTitle(Number(number));
  for (const signal of SIGNALS_FOR_HOST) process.on(signal, () => undefined);
  // Standard error leads through the host; when that is gone, what is said there is said to nobody.
  process.stderr.on("error", () => undefined);
  let life: WorkerLife | undefined;
  const channel = new HostChannel((order) =>
    life === undefined ? obeyEarly(order, channel) : life.obey(order),
  );
  process.once("disconnect", () => {
    if (life === undefined) process.exit(EXIT_CODES.failed);
    void life.orphaned(ORPHAN_STOP_WITHIN_MS);
  });
  channel.tell({ kind: "hello", pid: process.pid, version: version() });
  try {
    const given = await settingsOf(JSON.parse(options) as Record<string, unknown>);
    checkPlace(given);
    const settings = settingsOfWorker(given, Number(number));
    life = new WorkerLife(await assemble(settings, channel, Number(number)), channel);
    await life.prepare({ isSuccessor: place === SUCCESSOR });
  } catch (error) {
    await refuse(channel, error);
  }
}

function assemble(settings: NodeSettings, channel: HostChannel, number: number): Promise<AssembledNode> {
  return AssembledNode.open(settings, {
    hasHost: true,
    bindSocket: (address) => channel.bindSocket(ownPort(address, number)),
    hostLink: channel,
    onIncarnation: (incarnation) => channel.tell({ kind: "joined", incarnation }),
    onStopAsked: () => void channel.ask({ kind: "stop" }),
    onExpectBlock: (forMs) => channel.tell({ kind: "expectBlock", forMs }),
    end: (exitCode) => process.exit(exitCode),
  });
}

/** Workers share the doors for clients; the port of the operators is each one's own, also where each takes any free one. */
function ownPort(address: PortAddress, number: number): PortAddress {
  const isShared = number === 1 || address.name !== OPERATORS_PORT;
  return isShared ? address : { ...address, name: `${address.name} ${number}` };
}

/** The host holds the lock of one data directory; a worker in another one would stand beside it. @throws Refusal */
function checkPlace({ dataDir }: NodeSettings): void {
  const place = process.env[RUNS_IN_VARIABLE];
  if (place === undefined || place === dataDir) return;
  const text = `dataDir is now ${dataDir}, and the host runs in ${place}; banyan stop, then start, moves it`;
  throw new Refusal("settings", text);
}

/** Says why it cannot start; an error that is nobody's setting ends the process with its stack. */
async function refuse(channel: HostChannel, error: unknown): Promise<never> {
  const refusal = startRefusal(error);
  if (refusal === undefined) throw error;
  await channel.send({ kind: "refused", text: refusal.message, exitCode: refusal.exitCode });
  process.exit(refusal.exitCode);
}

/** While it loads there is little to say and nothing to stop. */
function obeyEarly(order: HostOrder, channel: HostChannel): void {
  if (order.kind === "stop") process.exit(EXIT_CODES.ok);
  if (order.kind !== "beat") return;
  const { rss, heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
  const memory = { rss, heapUsed, heapTotal, external, arrayBuffers };
  channel.tell({ kind: "beat", beat: order.beat, memory, requests: 0, connections: 0, zombies: 0 });
}

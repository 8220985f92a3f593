import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { BoundedTree } from "../../runtime/kernel/bounded-tree.ts";
import { DataDirectory } from "../data-directory.ts";
import { OPS_TOKEN_FILE, OpsClient } from "../ops-client.ts";
import { stopSignal } from "../stop-signals.ts";
import { terminalPaint } from "../terminal.ts";
import { drawTree } from "../tree-drawing.ts";
import { treeLink } from "../tree-link.ts";
import type { OwnProcess } from "./child-process.ts";
import { DevLine } from "./dev-line.ts";
import { portsUp } from "./dev-node.ts";
import type { DevUrls } from "./dev-node.ts";
import { OwnRedis } from "./own-redis.ts";

const NAMES = ["a", "b", "c"] as const;
/** So far apart are the ports of two nodes. */
const PORTS_APART = 100;
const STOP_WITHIN_MS = 15_000;
const LOOKS_MAX = 50;
const LOOK_EVERY_MS = 200;
const FREE_PORTS = "--free-ports";

/** What runs, also what is only starting. */
interface Running {
  redis: OwnProcess | undefined;
  nodes: readonly DevLine[];
}

interface ServingNode {
  readonly line: DevLine;
  readonly urls: DevUrls;
}

interface Parts {
  readonly folder: string;
  readonly say: (line: string) => void;
}

/**
 * Runs three nodes on a Redis of their own until Ctrl-C: `npm run dev:cluster`. A node that ends comes back. Everything lies in one folder, which goes with it. With `--free-ports` no port is
 * a fixed one. @throws Refusal when something of it does not start
 */
export async function runDevCluster(words: readonly string[]): Promise<void> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const stopped = stopSignal();
  const folder = mkdtempSync(join(tmpdir(), "banyan-dev-"));
  const running: Running = { redis: undefined, nodes: [] };
  const clear = (): void => rmSync(folder, { recursive: true, force: true });
  // However this process ends: nothing of it is to be left.
  process.once("exit", () => {
    for (const own of [...running.nodes, running.redis]) own?.kill();
    clear();
  });
  // Who reads the words may go, as a terminal does that is closed.
  process.stderr.on("error", () => undefined);
  process.once("SIGHUP", () => process.kill(process.pid, "SIGTERM"));
  try {
    await Promise.race([serve({ folder, say }, running, words.includes(FREE_PORTS)), stopped]);
    say(`\n${await stopped}: the nodes leave, then Redis stops`);
  } finally {
    // In this order: a node leaves through Redis.
    await Promise.all(running.nodes.map((node) => node.stop(STOP_WITHIN_MS)));
    await running.redis?.stop(STOP_WITHIN_MS);
    clear();
  }
}

async function serve(parts: Parts, running: Running, isFree: boolean): Promise<void> {
  const { folder, say } = parts;
  const redis = await OwnRedis.start(join(folder, "redis"), (server) => (running.redis = server));
  say(`redis  ${redis.url}`);
  const lines = NAMES.map((name, index) => {
    const ports = portsUp(isFree ? undefined : index * PORTS_APART);
    return new DevLine({ name, folder: join(folder, name), redisUrl: redis.url, ports, say });
  });
  running.nodes = lines;
  const all = await Promise.all(lines.map(async (line) => ({ line, urls: await line.serving() })));
  say(guide(all, redis));
  const [first] = all;
  if (first !== undefined) say(`\n${await treeOf(first, all.length)}\n`);
}

function tokenOf({ line }: ServingNode): string {
  return new DataDirectory(line.node.dataDir).knownSecret(OPS_TOKEN_FILE) ?? "";
}

/** As one node shows it once it has heard of all: it looks at the members once a second. */
async function treeOf(node: ServingNode, nodes: number): Promise<string> {
  const { opsUrl } = node.urls;
  const client = new OpsClient(opsUrl, tokenOf(node), `no node answers at ${opsUrl}`);
  for (let looks = 1; ; looks++) {
    const tree = (await client.get("/v1/tree", { depth: "1" })) as BoundedTree;
    if (tree.childCount >= nodes || looks === LOOKS_MAX) return drawTree(tree, terminalPaint);
    await sleep(LOOK_EVERY_MS);
  }
}

function guide(all: readonly ServingNode[], redis: OwnRedis): string {
  const rows = all.map(({ line: { node }, urls }) => {
    const page = `${urls.listeners["web"] ?? ""}/`;
    return `  ${node.name}  process ${String(node.process.pid).padEnd(8)} page ${page.padEnd(24)} operators ${urls.opsUrl}`;
  });
  const [first, second] = all;
  const at = `--data-dir ${first?.line.node.dataDir ?? ""}`;
  return [
    "",
    ...rows,
    "",
    "  The tree in a browser, from any of them:",
    ...all.map((node) => `    ${treeLink(node.urls.opsUrl, tokenOf(node))}`),
    "",
    `  See all nodes:   npm run -s banyan -- nodes ${at}`,
    `  The whole tree:  npm run -s banyan -- tree --watch ${at}`,
    `  Push a message:  npm run -s banyan -- push live/final "Kick-off" ${at}`,
    `  Where it is:     npm run -s banyan -- where live-room/final ${at}`,
    `  Drain one:       npm run -s banyan -- drain ${second?.line.name ?? ""} ${at}`,
    `  Kill one:        kill -9 ${String(second?.line.node.process.pid)}     it comes back`,
    `  Look into Redis: redis-cli -u ${redis.url}`,
    "  Stop:            Ctrl-C, which leaves nothing behind",
  ].join("\n");
}

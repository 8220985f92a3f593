/** Measures what `deploy/docs/models.md` says of the six classic server models: `node dist/test/bench/models/models.js`. */
import { readFileSync } from "node:fs";
import { setPriority } from "node:os";
import { setTimeout as pass } from "node:timers/promises";
import { startNode, workplace } from "../../support/node-process.ts";
import type { NodeProcess, Workplace } from "../../support/node-process.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { withRoles } from "../../support/with-roles.ts";
import { Burners } from "./burners.ts";
import { EchoCrowd } from "./echo-crowd.ts";

const ROUNDS = Number(process.argv[2] ?? 3);
const TALK_MS = Number(process.argv[3] ?? 5_000);
const CLIENTS = 40;
const MANY = 1_000;
const ROLES = withRoles(new URL("./model-roles.js", import.meta.url));

let redis: RedisServer;
let places: Workplace[] = [];

async function start(...words: string[]): Promise<NodeProcess> {
  const place = workplace();
  places.push(place);
  return startNode(place.folder, words, ROLES);
}

async function stop(node: NodeProcess): Promise<void> {
  await node.stop();
}

/** Waits until so many nodes serve. */
async function untilUp(node: NodeProcess, count: number): Promise<void> {
  const up = async (): Promise<number> => {
    const { body } = await node.get("/v1/nodes");
    return (body as { nodes: { state: string }[] }).nodes.filter(({ state }) => state === "up").length;
  };
  while ((await up()) < count) await pass(500);
}

/**
 * On a machine that others use as well this is started with `nice -n -15`, so that clients and gateway get their turns; the workers that compute get no more than others do.
 */
async function calmEntities(node: NodeProcess): Promise<void> {
  const { body } = await node.get("/v1/nodes");
  for (const { roles, report } of (body as { nodes: { roles: string[]; report?: { pid: number } }[] })
    .nodes) {
    if (!roles.includes("gateway") && report !== undefined) setPriority(report.pid, 0);
  }
}

const cluster = (): string[] => ["--set", `cluster.redis=${redis.url}`];
const web = (node: NodeProcess): string => node.listeners["web"] ?? "";

/** Echoes with nothing else to do, then beside entities that compute all the time. */
async function echoes(name: string, words: readonly string[], nodes: number): Promise<void> {
  const node = await start(...words);
  await untilUp(node, nodes);
  await calmEntities(node);
  const crowd = await EchoCrowd.open(web(node), CLIENTS);
  await crowd.talk(1_000);
  for (let round = 1; round <= ROUNDS; round++) {
    show(name, `round ${round}, quiet`, await crowd.talk(TALK_MS));
    const burners = new Burners(web(node), node.dataDir, ["hot"]);
    await pass(500);
    show(name, `round ${round}, an entity computes`, await crowd.talk(TALK_MS));
    await burners.stop();
    console.log(`${name.padEnd(34)} ${burners.burnt} messages were computed meanwhile`, ...burners.refused);
  }
  crowd.close();
  await stop(node);
}

function show(name: string, what: string, times: object): void {
  const figures = Object.entries(times).map(
    ([key, value]) => `${key} ${Number(value).toFixed(key === "count" ? 0 : 2)}`,
  );
  console.log(`${name.padEnd(34)} ${what.padEnd(34)} ${figures.join("  ")}`);
}

/** What a connection costs that is an actor, and not a process. */
async function connections(): Promise<void> {
  const node = await start("--workers", "1");
  const crowd = await EchoCrowd.open(web(node), 50);
  await crowd.talk(1_000);
  const before = rssOf(node.workerPid());
  const beginMs = performance.now();
  const many = await EchoCrowd.open(web(node), MANY);
  const tookMs = performance.now() - beginMs;
  await pass(1_000);
  const kib = (rssOf(node.workerPid()) - before) / MANY;
  console.log(
    `actor per connection: ${MANY} opened one after the other in ${tookMs.toFixed(0)} ms, ${kib.toFixed(1)} KiB each`,
  );
  many.close();
  crowd.close();
  await stop(node);
}

function rssOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}

/** Two gateways accept from one socket: who gets how many. */
async function preFork(): Promise<void> {
  const node = await start("--workers", "gateway=2,entities=1", ...cluster());
  await untilUp(node, 3);
  const crowd = await EchoCrowd.open(web(node), 200);
  await pass(500);
  const { body } = await node.get("/v1/nodes");
  const nodes = (body as { nodes: { node: string; roles: string[]; state: string }[] }).nodes;
  const counts = await Promise.all(
    nodes
      .filter(({ roles }) => roles.includes("gateway"))
      .map(async ({ node: name }) => {
        const tree = await node.get(`/v1/tree?node=${name}&path=/gateway/web&depth=0`);
        return `${name} ${(tree.body as { childCount: number }).childCount}`;
      }),
  );
  console.log(`pre-fork: 200 connections on two gateways: ${counts.join(", ")}`);
  show("pre-fork, gateway=2,entities=1", "quiet", await crowd.talk(TALK_MS));
  crowd.close();
  await stop(node);
}

/** How long nobody is answered when a worker is killed. */
async function masterWorker(): Promise<void> {
  const node = await start("--workers", "1");
  for (let round = 1; round <= ROUNDS; round++) {
    process.kill(node.workerPid(), "SIGKILL");
    const beginMs = performance.now();
    const path = `${web(node)}/chatroom/live?room=live/none`;
    await fetch(path, { signal: AbortSignal.timeout(30_000) }).catch(() => fetch(path));
    console.log(
      `master-worker, round ${round}: answered ${(performance.now() - beginMs).toFixed(0)} ms after kill -9 of the worker`,
    );
    await pass(1_500);
  }
  await stop(node);
}

/** All parts, unless some are named: `models.js 3 5000 proxy fork`. */
function isWanted(part: string): boolean {
  const named = process.argv.slice(4);
  return named.length === 0 || named.includes(part);
}

async function run(): Promise<void> {
  redis = await RedisServer.start();
  try {
    console.log(`Node ${process.version}, ${CLIENTS} clients, an echo each every 25 ms; times in ms`);
    if (isWanted("one")) await echoes("one process (--workers 0)", ["--workers", "0"], 1);
    const many = ["--workers", "gateway=1,entities=3", ...cluster()];
    if (isWanted("proxy")) await echoes("gateway=1,entities=3", many, 4);
    if (isWanted("connections")) await connections();
    if (isWanted("fork")) await preFork();
    if (isWanted("master")) await masterWorker();
  } finally {
    await redis.stop();
    for (const place of places) place.remove();
    places = [];
  }
}

await run();

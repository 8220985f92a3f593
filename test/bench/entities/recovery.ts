import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { YOUNG_GENERATION_FLAG } from "../../../deploy/young-generation.ts";
import { ASK_DEADLINE_MS } from "../../../runtime/kernel/actor-system.ts";
import { RedisServer } from "../../support/redis-server.ts";
import type { Circumstances, Contender, Part, Sample } from "../benchmark.ts";
import { eachOf } from "./crowd.ts";
import { PurseNode } from "./purse-node.ts";
import type { PurseNodeOptions } from "./purse-node.ts";

const PROGRAM = fileURLToPath(new URL("purse-process.js", import.meta.url));
/** Of so many entities on two nodes, the killed one has about half. */
const COUNT = { quick: 4_000, full: 20_000 };
const IN_FLIGHT = 256;
const GIVE_UP_MS = 60_000;
const AGAIN_AFTER_MS = 20;

/** Kills one of two nodes, and asks each entity that it had until it answers; with the deadline that questions have unless told otherwise, as clients do. */
function killed(profile: PurseNodeOptions["profile"]): Contender {
  return async ({ quick }: Circumstances): Promise<Sample> => {
    const server = await RedisServer.start();
    const nodes = new Map<string, ChildProcess>();
    try {
      for (const name of ["oak", "elm"]) nodes.set(name, await serving(server.url, name, profile));
      const asker = await PurseNode.start(server.url, "fig", { roles: ["gateway"], profile });
      const sample = await recovered(asker, COUNT[quick ? "quick" : "full"], () => kill(nodes.get("elm")));
      await asker.stop();
      return sample;
    } finally {
      for (const node of nodes.values()) await kill(node);
      await server.stop();
    }
  };
}

async function recovered(asker: PurseNode, count: number, killElm: () => Promise<void>): Promise<Sample> {
  await eachOf(count, IN_FLIGHT, (index) => asker.put(index, 1));
  const lost: number[] = [];
  await eachOf(count, IN_FLIGHT, async (index) => {
    if ((await asker.whoHas(index)) === "elm") lost.push(index);
  });
  const beganMs = performance.now();
  await killElm();
  // All at once, as clients do.
  await eachOf(lost.length, lost.length, (index) => untilAnswered(asker, lost[index] ?? 0, beganMs));
  return { seconds: (performance.now() - beganMs) / 1_000, entities: lost.length };
}

async function untilAnswered(asker: PurseNode, index: number, beganMs: number): Promise<void> {
  for (;;) {
    try {
      const coins = await asker.put(index, 0, ASK_DEADLINE_MS);
      if (coins !== 1) throw new RangeError(`purse ${index} holds ${coins} coins`);
      return;
    } catch (error) {
      if (error instanceof RangeError || performance.now() - beganMs > GIVE_UP_MS) throw error;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
    }
  }
}

async function serving(url: string, name: string, profile: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [YOUNG_GENERATION_FLAG, PROGRAM, url, name, profile], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const chunk of child.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    if ((chunk as string).includes("serving")) return child;
  }
  throw new Error(`${name} did not start`);
}

async function kill(node: ChildProcess | undefined): Promise<void> {
  if (node === undefined || node.exitCode !== null || node.signalCode !== null) return;
  const ended = once(node, "exit");
  node.kill("SIGKILL");
  await ended;
}

/** How soon the entities of a node that was killed answer elsewhere. */
export const recovery: Part = {
  name: "recovery",
  contenders: { safe: killed("safe"), fast: killed("fast") },
  rounds: { quick: 1, full: 3 },
  nodeFlags: [YOUNG_GENERATION_FLAG],
  figures: {
    recover10000Seconds: {
      kind: "value",
      means: {
        en: "s from the kill of a node until each of its 10,000 entities has answered elsewhere, with safe leases",
        zh: "从节点被杀到其 10,000 个实体全部在别处应答的秒数（安全租约）",
      },
      target: { atMost: 10 },
      of: (samples) => samples.median("safe", "seconds"),
    },
    recover10000SecondsFast: {
      kind: "value",
      means: {
        en: "the same with fast leases",
        zh: "同上，快速租约",
      },
      target: { atMost: 3 },
      of: (samples) => samples.median("fast", "seconds"),
    },
  },
};

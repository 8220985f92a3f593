import { setTimeout as pause } from "node:timers/promises";
import { startNode, workplace } from "../support/node-process.ts";
import type { NodeProcess } from "../support/node-process.ts";
import { SeededChance } from "../support/seeded-chance.ts";
import { Complaints } from "./complaints.ts";
import { Crowd } from "./crowd.ts";
import type { CrowdCounts } from "./crowd.ts";
import { Overseer } from "./overseer.ts";
import { reload } from "./reload.ts";
import { TORMENTS } from "./torments.ts";
import type { Torment } from "./torments.ts";

/** Between two torments, in milliseconds. */
const REST_MS = { min: 200, max: 2_000 };
const WARM_UP_MS = 1_000;

/** What is soaked, and for how long. */
export interface SoakOrders {
  readonly seed: number;
  readonly forMs: number;
  /** Words for `banyan start`. */
  readonly words?: readonly string[];
  /** Has it reload now and then, too: what serves is replaced, and nobody may notice. */
  readonly reloads: boolean;
  readonly say: (text: string) => void;
}

/** What came of a soak; sound when there is no complaint. */
export interface SoakReport extends CrowdCounts {
  readonly complaints: readonly string[];
  readonly torments: Readonly<Record<string, number>>;
  readonly processes: number;
}

/**
 * Lets a service live through what machines do to processes: they are stopped, starved and kept busy collecting garbage,
 * in an order that the seed decides. Nothing of it is anybody's fault, so nobody may be restarted, nothing that was
 * accepted may be lost, and nothing may be left over.
 */
export async function soak({ seed, forMs, words = [], reloads, say }: SoakOrders): Promise<SoakReport> {
  say(`seed ${seed}`);
  const chance = new SeededChance(seed);
  const complaints = new Complaints();
  const place = workplace();
  const node = await startNode(place.folder, [...words, "--set", "log.format=json"]);
  const overseer = new Overseer(node, complaints);
  const crowd = new Crowd(node, complaints);
  const torments: Record<string, number> = {};
  try {
    overseer.start();
    await crowd.start();
    await pause(WARM_UP_MS);
    const deckOf: Readonly<Record<string, Torment>> = reloads
      ? { ...TORMENTS, ...reloadsOf(node, complaints) }
      : TORMENTS;
    const victim = { hostPid: node.process.child.pid ?? 0, workerPid: () => node.workerPid() };
    const endMs = performance.now() + forMs;
    for (let deck: string[] = []; performance.now() < endMs;) {
      if (deck.length === 0) deck = chance.shuffled(Object.keys(deckOf));
      const name = deck.pop() ?? "";
      say(`${name} (complaints so far: ${complaints.count})`);
      torments[name] = (torments[name] ?? 0) + 1;
      await deckOf[name]?.(victim, chance);
      await pause(chance.between(REST_MS.min, REST_MS.max));
    }
    const counts = await crowd.end();
    const { processes } = overseer;
    await overseer.end();
    return { ...counts, torments, processes, complaints: complaints.lines };
  } finally {
    node.process.child.kill("SIGKILL");
    place.remove();
  }
}

/** A reload alone, and one while the processes are stopped again and again. */
function reloadsOf(node: NodeProcess, complaints: Complaints): Record<string, Torment> {
  const reloadSound = async (): Promise<void> => {
    const why = await reload(node);
    if (why !== undefined) complaints.add(`a reload of sound code was refused: ${why}`);
  };
  return {
    reload: reloadSound,
    reloadAndStutter: async (victim, chance) => {
      await Promise.all([reloadSound(), TORMENTS["stutter"]?.(victim, chance)]);
    },
  };
}

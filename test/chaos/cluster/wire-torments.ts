import type { WayMode } from "./fault-proxy.ts";
import { wait } from "./torment.ts";
import type { Scene, Torments } from "./torment.ts";
import type { NodeHandle } from "./node-handle.ts";

/** What happens between nodes and Redis. */
export const WIRE_TORMENTS: Torments = {
  cutOff: { row: "R7", run: (scene) => withWay(scene, "cut") },
  swallowed: { row: "R7", run: (scene) => withWay(scene, "black") },
  answersVanish: { row: "R7", run: (scene) => withWay(scene, "mute") },
  halfOpen: {
    row: "R7",
    run: ({ world, chance }) =>
      world.withNode(chance, async ({ way }) => {
        way.deafen();
        await wait(chance, 1_000, 3_000);
      }),
  },
  slow: {
    row: "R7",
    run: ({ world, chance }) =>
      world.withNode(chance, async ({ way }) => {
        way.delayMs = chance.between(50, 500);
        await wait(chance, 800, 2_500);
        way.delayMs = 0;
      }),
  },
  halfCutOff: { row: "R8", run: (scene) => withMany(scene, 0.5, "cut") },
  allCutOff: { row: "R8", run: (scene) => withMany(scene, 1, "black") },
  answersLost: {
    row: "R10",
    run: async ({ world, chance }) => {
      for (let times = 0; times < 6; times++) {
        for (const { way, isTaken } of world.living) {
          if (!isTaken && chance.next() < 0.5) void way.loseAnswers(chance.between(5, 80));
        }
        await wait(chance, 150, 500);
      }
    },
  },
};

function withWay({ world, chance }: Scene, mode: WayMode): Promise<void> {
  return world.withNode(chance, async ({ way }) => {
    way.mode = mode;
    await wait(chance, 300, 3_000);
    way.mode = "open";
  });
}

async function withMany({ world, chance }: Scene, share: number, mode: WayMode): Promise<void> {
  const free = chance.shuffled(world.living.filter(({ isTaken }) => !isTaken));
  const nodes: readonly NodeHandle[] = free.slice(0, Math.ceil(free.length * share));
  for (const node of nodes) {
    node.isTaken = true;
    node.way.mode = mode;
  }
  await wait(chance, 500, 2_500);
  for (const node of nodes) {
    node.isTaken = false;
    node.way.mode = "open";
  }
}

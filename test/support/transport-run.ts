import assert from "node:assert/strict";
import { TransportWorld } from "./transport-world.ts";

const STEPS = 60;
/** Long enough for every question and every repetition. */
const REST_MS = 120_000;

/** One thing that happens in a network, or one that goes wrong. */
async function step(world: TransportWorld, deaths: (() => void)[]): Promise<void> {
  const { chance, network, living } = world;
  const roll = chance.next();
  if (roll < 0.7) return burst(world);
  if (roll < 0.76) return world.advance(chance.between(0, 3000));
  if (roll < 0.8) network.isReachable = !network.isReachable;
  else if (roll < 0.83) network.forget();
  else if (roll < 0.86 && living.length > 2) return die(world, deaths);
  else if (roll < 0.89 && network.isReachable) await world.start(`n${world.nodes.length}/1`);
  else deaths.shift()?.();
}

async function burst(world: TransportWorld): Promise<void> {
  const { chance, living, nodes } = world;
  const from = living[chance.between(0, living.length - 1)]!;
  const to = nodes[chance.between(0, nodes.length - 1)]!;
  const bytes = chance.next() < 0.1 ? 30_000 : 0;
  for (let left = chance.between(1, 30); left > 0; left--) world.send(from, to.incarnation, bytes);
  if (chance.next() < 0.7) await world.advance(chance.between(0, 40));
}

async function die(world: TransportWorld, deaths: (() => void)[]): Promise<void> {
  const dead = world.living[world.chance.between(0, world.living.length - 1)]!;
  world.kill(dead);
  deaths.push(() => world.tellEnded(dead));
}

/** Lets everything go wrong in a network, as the seed has it, then lets it come to rest. @throws when something was lost, came twice or in another order */
export async function runTransports(seed: number): Promise<void> {
  const faults = { addLost: seed % 3 === 0 ? 0.05 : 0, addUnanswered: seed % 2 === 0 ? 0.1 : 0 };
  const world = new TransportWorld(seed, { delayMs: seed % 5 === 0 ? 0 : 20, handlingMs: 50, faults });
  for (const name of ["a/1", "b/1", "c/1"]) await world.start(name);
  const deaths: (() => void)[] = [];
  for (let left = STEPS; left > 0; left--) await step(world, deaths);
  world.network.isReachable = true;
  world.network.faults = { addLost: 0, addUnanswered: 0, publicationLost: 0 };
  const dead = world.nodes.filter(({ isAlive }) => !isAlive);
  for (const node of dead) world.tellEnded(node);
  await world.advance(REST_MS);
  world.check();
  assert.equal(world.network.streams.size, 0, "all inboxes are empty");
}

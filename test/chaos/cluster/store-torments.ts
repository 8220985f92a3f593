import { setTimeout as pause } from "node:timers/promises";
import { redisWord } from "./redis-word.ts";
import { storedSteps } from "./stored-steps.ts";
import { wait } from "./torment.ts";
import type { Scene, Torments } from "./torment.ts";

/** So many reminders for each of some tallies, all due at once. */
const BELLS = 40;
const BELLS_AFTER_MS = 900;
/** What was promised before a loss may still be told so much later, in milliseconds. */
const FORGIVEN_MS = 800;

/** What happens to Redis. */
export const STORE_TORMENTS: Torments = {
  storeKilled: { row: "R1", run: (scene) => restart(scene, "SIGKILL") },
  storeRestarted: { row: "R1", run: (scene) => restart(scene, "SIGTERM") },
  storeHangs: {
    row: "R1",
    run: ({ world, chance }) =>
      world.withStore(async () => {
        const server = world.redis.primary;
        server.pause();
        await wait(chance, 300, 2_500).finally(() => server.resume());
      }),
  },
  failOver: { row: "R2", needsReplicas: true, run: failOver },
  storeForgets: {
    row: "R3",
    isTheEnd: true,
    run: forget,
  },
  storeIsFull: {
    row: "R11",
    run: ({ world, chance }) =>
      world.withStore(async () => {
        const { port } = world.redis.primary;
        await redisWord(port, "CONFIG", "SET", "maxmemory", "1");
        await wait(chance, 200, 1_500);
        await redisWord(port, "CONFIG", "SET", "maxmemory", "0");
      }),
  },
  storeTakesNoWrites: {
    row: "R11",
    run: ({ world, chance }) =>
      world.withStore(async () => {
        const ms = chance.between(200, 2_000);
        await redisWord(world.redis.primary.port, "CLIENT", "PAUSE", `${ms}`, "WRITE");
        await pause(ms);
      }),
  },
  bells: { row: "R14", run: bells },
};

function restart({ world, chance }: Scene, signal: NodeJS.Signals): Promise<void> {
  return world.withStore(async () => {
    const { primary } = world.redis;
    await primary.kill(signal);
    await wait(chance, 50, 2_500);
    await world.redis.startAgain(primary);
  });
}

/** The replica has missed the latest writes when it takes over. */
function failOver({ world, chance }: Scene): Promise<void> {
  return world.withStore(async () => {
    world.redis.following.mode = "black";
    await wait(chance, 0, 600);
    await world.failOver();
    await wait(chance, 0, 1_000);
    await world.redis.rejoin();
  });
}

/**
 * What was stored until then is lost, and with it what it was promised for. From then on nobody may promise anything: until an operator accepts the loss, which a node
 * does for him that is started so.
 */
function forget({ world, chance, tallies }: Scene): Promise<void> {
  return world.withStore(async () => {
    const { book, redis } = world;
    const stored = await storedSteps(redis.primary.url, tallies);
    for (const [tally, steps] of stored) book?.lost.set(tally, steps);
    await redisWord(redis.primary.port, "FLUSHALL");
    const forgivenUntilMs = Date.now() + FORGIVEN_MS;
    if (book !== undefined) book.forgivenUntilMs = forgivenUntilMs;
    await wait(chance, FORGIVEN_MS, 2 * FORGIVEN_MS);
    if (book !== undefined) book.acceptedAtMs = Date.now();
    await world.join({ settings: ["cluster.allowColdStart=true"] });
  });
}

/** Very many reminders fall due together while the store starts again. */
async function bells(scene: Scene): Promise<void> {
  const { world, chance, tallies } = scene;
  const ids = chance.shuffled(tallies.ids).slice(0, 8);
  const seqs = Array.from({ length: BELLS }, (_, index) => index + 1);
  world.free(chance)?.do({
    kind: "remind",
    tallies: { ...tallies, ids },
    seqs,
    afterMs: BELLS_AFTER_MS,
  });
  await wait(chance, BELLS_AFTER_MS - 200, BELLS_AFTER_MS + 300);
  if (chance.next() < 0.7) await restart(scene, "SIGKILL");
}

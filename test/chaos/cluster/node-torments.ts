import { setTimeout as pause } from "node:timers/promises";
import { connect } from "node:net";
import { once } from "node:events";
import { ParcelCodec } from "../../../runtime/codec/parcel-codec.ts";
import { inboxKeys } from "../../../runtime/redis/redis-keys.ts";
import { writeFrame } from "../../../runtime/transport/inbox-frame.ts";
import type { NodeHandle } from "./node-handle.ts";
import { wait } from "./torment.ts";
import type { Scene, Torments } from "./torment.ts";

const NOTHING_ARRIVED = { received: 0, handled: 0, limit: 0, answers: 0, hasGap: false };

/** What happens to the processes of nodes. With the fast profile a lease is given up after 1 s, and taken over after 1.75 s. */
export const NODE_TORMENTS: Torments = {
  pausedShortly: { row: "R4", run: (scene) => stop(scene, 500) },
  pausedOverTheFence: { row: "R4", run: (scene) => stop(scene, 1_300) },
  pausedOverTheTakeover: { row: "R4", run: (scene) => stop(scene, 3_000) },
  stutters: {
    row: "R4",
    run: ({ world, chance }) =>
      world.withNode(chance, async (node) => {
        for (let stops = 0; stops < 5; stops++) {
          await stopOnce(node, chance.between(50, 900));
          await wait(chance, 20, 400);
        }
      }),
  },
  blockedShortly: { row: "R9", run: (scene) => block(scene, 300, 900) },
  blockedOverTheFence: { row: "R9", run: (scene) => block(scene, 1_100, 2_500) },
  killed: {
    row: "R12",
    run: ({ world, chance }) => world.withNode(chance, (node) => world.kill(node)),
  },
  leaves: {
    row: "R12",
    run: ({ world, chance }) => world.withNode(chance, (node) => world.leave(node)),
  },
  joins: { row: "R12", run: async ({ world }) => void (await world.join()) },
  joinsAndLeaves: {
    row: "R12",
    run: async ({ world, chance }) => {
      const joining = world.join();
      await wait(chance, 0, 900);
      await Promise.all([joining, world.withNode(chance, (node) => world.leave(node))]);
    },
  },
  killedAsItLeaves: {
    row: "R12",
    run: ({ world, chance }) =>
      world.withNode(chance, async (node) => {
        node.beginToLeave();
        await wait(chance, 0, 150);
        await world.kill(node);
      }),
  },
  receiverKilledAsOneLeaves: {
    row: "R12",
    run: ({ world, chance }) =>
      world.withNode(chance, async (leaving) => {
        const left = world.leave(leaving);
        await wait(chance, 0, 150);
        await Promise.all([left, world.withNode(chance, (node) => world.kill(node))]);
      }),
  },
  garbage: { row: "R13", run: garbage },
};

function stop({ world, chance }: Scene, ms: number): Promise<void> {
  return world.withNode(chance, (node) => stopOnce(node, ms + chance.between(0, 200)));
}

async function stopOnce(node: NodeHandle, ms: number): Promise<void> {
  node.pause();
  await pause(ms).finally(() => node.resume());
}

function block({ world, chance }: Scene, min: number, max: number): Promise<void> {
  const ms = chance.between(min, max);
  return world.withNode(chance, async (node) => {
    node.do({ kind: "block", ms });
    await pause(ms);
  });
}

/** What no node of this version would write: bytes that are no frame, parcels that are none, letters to what does not exist and in words that nobody knows. */
async function garbage({ world, chance, tallies }: Scene): Promise<void> {
  const to = world.free(chance)?.incarnations.at(-1);
  if (to === undefined) return;
  const letter = { kind: "tell", hops: 0, isHanded: false, id: 0 } as const;
  const codec = new ParcelCodec();
  const parcels = [
    Buffer.from("no parcel"),
    codec.encode({ kind: "letter", letter: { ...letter, to: "entity:nothing/1" } }),
    codec.encode({
      kind: "letter",
      letter: {
        ...letter,
        to: `entity:tally-${tallies.durability}/${tallies.ids[0] ?? ""}`,
        said: { version: 99, message: { kind: "unheardOf" } } as never,
      },
    }),
    codec.encode({ kind: "handed", to: "entity:nothing/1" }),
    codec.encode({ kind: "marked", to: "nonsense" }),
  ];
  const frame = writeFrame({ from: "stranger/1", standing: NOTHING_ARRIVED, asks: 0, first: 1, parcels });
  const broken = Buffer.from(frame);
  broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 0xff;
  for (const bytes of [Buffer.from("no frame"), broken, frame]) {
    await add(world.redis.primary.port, inboxKeys(to).in, bytes).catch(() => undefined);
  }
}

/** As `XADD` does: bytes need the long form of the protocol. */
async function add(port: number, key: string, bytes: Buffer): Promise<void> {
  const words = ["XADD", key, "NOMKSTREAM", "*", "f", bytes].map((word) => Buffer.from(word));
  const parts = words.flatMap((word) => [Buffer.from(`$${word.length}\r\n`), word, Buffer.from("\r\n")]);
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.end(Buffer.concat([Buffer.from(`*${words.length}\r\n`), ...parts]));
  await once(socket.resume(), "close");
}

import Type from "typebox";
import { defineProtocol } from "../../protocols/protocol.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";
import type { Feature } from "../../runtime/feature.ts";
import type { ActorSystem } from "../../runtime/kernel/actor-system.ts";
import { operation, route } from "../../runtime/net/route.ts";

/** How often a leak loses memory, in milliseconds. */
const LEAK_EVERY_MS = 50;
const GIVEN_UP_AFTER_MS = 50;

const SleeperProtocol = defineProtocol({ name: "sleeper", version: 1, tell: { sleep: {} } });

/** Never ends its turn, and is given up for it. */
const Sleeper = defineActor({
  protocol: SleeperProtocol,
  progressWithinMs: GIVEN_UP_AFTER_MS,
  restart: "temporary",
  initialState: () => ({}),
  handlers: { sleep: () => new Promise<never>(() => undefined) },
});

const TROUBLE = {
  /** So many turns that never end. */
  zombies: (amount: number, system: ActorSystem) => {
    for (let index = 0; index < amount; index++) {
      system.tell(system.spawn(Sleeper, `sleeper-${index}`), { kind: "sleep" });
    }
  },
  /** So many bytes a second that nothing gives back. */
  leak: (amount: number) => {
    const held: Buffer[] = [];
    const step = Math.round((amount * LEAK_EVERY_MS) / 1_000);
    setInterval(() => held.push(Buffer.alloc(step, 1)), LEAK_EVERY_MS);
  },
  /** Ends the process with this code, out of the blue. */
  exit: (amount: number) => void setTimeout(() => process.exit(amount), 1),
  /** Fills the heap until V8 gives up. */
  heap: () => {
    const held: unknown[] = [];
    setInterval(() => {
      for (let index = 0; index < 2_000_000; index++) held.push({ index });
    }, 1);
  },
  /** Holds the event loop for so many milliseconds. */
  block: (amount: number) =>
    void setTimeout(() => {
      const endMs = performance.now() + amount;
      while (performance.now() < endMs);
    }, 1),
} as const;
const ACTS = Object.keys(TROUBLE) as (keyof typeof TROUBLE)[];

/** For tests of what becomes of a process in trouble: `POST /trouble { act, amount }` makes it. */
export const troubleFeature: Feature = {
  name: "trouble",
  start: ({ system }) => ({
    routes: [
      route("/trouble", {
        onRequest: {
          POST: operation({
            summary: "Makes trouble",
            body: { act: Type.Enum([...ACTS]), amount: Type.Number() },
            answers: { 200: { pid: Type.Integer() } },
            handle: ({ body }) => {
              TROUBLE[body.act](body.amount, system);
              return { status: 200, body: { pid: process.pid } };
            },
          }),
        },
      }),
    ],
  }),
};

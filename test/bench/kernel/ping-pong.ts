import { dispatch, spawn, start } from "nact";
import type { ActorContext, Ref } from "nact";
import Type from "typebox";
import { defineProtocol } from "../../../protocols/protocol.ts";
import { local } from "../../../protocols/reference.ts";
import type { AnyReference } from "../../../protocols/reference.ts";
import { defineActor } from "../../../runtime/actor/define-actor.ts";
import { ActorSystem } from "../../../runtime/kernel/actor-system.ts";
import type { Circumstances, Part, Sample } from "../benchmark.ts";
import { pace } from "./pace.ts";

/** How often the ball goes over the net in one rally. */
const HITS = 2_000;

const Player = defineActor({
  protocol: defineProtocol({
    name: "player",
    version: 1,
    tell: {
      ball: { from: local<AnyReference>(), left: Type.Integer(), done: local<() => void>() },
    },
  }),
  initialState: () => undefined,
  handlers: {
    ball(_state, { from, left, done }, context) {
      if (left === 0) return done();
      context.tell(from, { kind: "ball", from: context.self, left: left - 1, done });
    },
  },
});

interface NactBall {
  readonly kind: "ball";
  readonly from: Ref<NactBall>;
  readonly left: number;
  readonly done: () => void;
}

function nactPlayer(
  _state: undefined,
  { from, left, done }: NactBall,
  context: ActorContext<NactBall, Ref<never>>,
): undefined {
  if (left === 0) done();
  else dispatch(from, { kind: "ball", from: context.self, left: left - 1, done });
}

async function ours({ quick }: Circumstances): Promise<Sample> {
  const system = new ActorSystem({ name: "bench" });
  const left = system.spawn(Player, "left");
  const right = system.spawn(Player, "right");
  const rally = (): Promise<void> =>
    new Promise((done) => system.tell(left, { kind: "ball", from: right, left: HITS - 1, done }));
  return { perSecond: await pace(HITS, quick, rally) };
}

async function nact({ quick }: Circumstances): Promise<Sample> {
  const system = start();
  const left: Ref<NactBall> = spawn(system, nactPlayer, "left");
  const right: Ref<NactBall> = spawn(system, nactPlayer, "right");
  const rally = (): Promise<void> =>
    new Promise((done) => dispatch(left, { kind: "ball", from: right, left: HITS - 1, done }));
  return { perSecond: await pace(HITS, quick, rally) };
}

/** Two actors answer each other, one message on its way at a time. */
export const pingPong: Part = {
  name: "pingPong",
  contenders: { ours, nact },
  rounds: { quick: 2, full: 9 },
  figures: {
    pingPongVsNact: {
      kind: "ratio",
      means: {
        en: "messages a second between two actors that answer each other, compared with nact",
        zh: "两个 actor 互相应答时每秒的消息数，与 nact 相比",
      },
      target: { atLeast: 3 },
      of: (samples) => samples.ratio("ours", "nact", "perSecond"),
    },
  },
};

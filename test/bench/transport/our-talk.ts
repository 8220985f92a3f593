import Type from "typebox";
import { defineProtocol } from "../../../protocols/protocol.ts";
import { defineActor } from "../../../runtime/actor/define-actor.ts";
import { ActorSystem } from "../../../runtime/kernel/actor-system.ts";
import { RedisLink } from "../../../runtime/redis/redis-link.ts";
import { Remote } from "../../../runtime/remote/remote.ts";
import { SILENT } from "../../../runtime/telemetry/silent-log.ts";
import { SystemClock } from "../../../runtime/time/system-clock.ts";
import { openRedisTransport } from "../../../runtime/transport/redis-transport.ts";
import type { Talk, Talkers } from "./talk.ts";
import { TEXT } from "./talk.ts";

const ANSWERER = "answerer/1";
const CALLER = "caller/1";
const COUNTER = "counter";
const LINE = { text: Type.String() };

const CounterProtocol = defineProtocol({
  name: "bench-counter",
  version: 1,
  tell: { note: LINE },
  ask: { count: { request: LINE, reply: { is: { count: Type.Integer() } } } },
});

const Counter = defineActor({
  protocol: CounterProtocol,
  initialState: () => ({ count: 0 }),
  handlers: {
    note(state) {
      state.count++;
    },
    count(state, _line, context) {
      context.reply({ kind: "is", count: state.count });
    },
  },
});

/** An actor of one node tells and asks an actor of another one: references, envelopes, mailboxes and deadlines included. */
export const ourTalk: Talkers = {
  async answer(url) {
    const { system } = await nodeAt(url, ANSWERER);
    system.spawn(Counter, COUNTER);
  },

  async call(url): Promise<Talk> {
    const { system, remote, close } = await nodeAt(url, CALLER);
    const counter = remote.reference(ANSWERER, COUNTER, CounterProtocol);
    return {
      tell: () => system.tell(counter, { kind: "note", text: TEXT }) === "accepted",
      ask: async () => (await system.ask(counter, { kind: "count", text: TEXT })).count,
      close,
    };
  },
};

async function nodeAt(url: string, incarnation: string) {
  const clock = new SystemClock();
  const link = await RedisLink.open({ url, name: incarnation, clock, log: SILENT });
  const transport = await openRedisTransport({ link, incarnation, clock, log: SILENT });
  const system = new ActorSystem({ name: incarnation, clock });
  const remote = new Remote({ system, transport, protocols: [CounterProtocol] });
  const close = async (): Promise<void> => {
    await transport.close();
    await link.close();
  };
  return { system, remote, close };
}

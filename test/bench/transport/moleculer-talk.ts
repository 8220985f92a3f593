import { setTimeout as pause } from "node:timers/promises";
import { ServiceBroker } from "moleculer";
import type { Talk, Talkers } from "./talk.ts";
import { TEXT } from "./talk.ts";

/** Events that may be on their way: what is published faster than it is taken, Redis drops together with its subscriber. */
const ON_THE_WAY_MAX = 4000;
const KNOWN_EVERY_MS = 50;
/** So often the other side says how far it is. */
const SEEN_EVERY = 500;

/** Moleculer with its Redis transporter: events against tells, calls against questions. */
export const moleculerTalk: Talkers = {
  async answer(url) {
    const broker = brokerAt(url, "answerer");
    let count = 0;
    broker.createService({
      name: "counter",
      actions: {
        count: () => count,
        say: () => broker.emit("seen", { count }),
      },
      events: {
        note() {
          count++;
          if (count % SEEN_EVERY === 0) void broker.emit("seen", { count });
        },
      },
    });
    await broker.start();
  },

  async call(url): Promise<Talk> {
    const broker = brokerAt(url, "caller");
    let sent = 0;
    let seen: number | undefined;
    broker.createService({
      name: "caller",
      events: {
        seen(context: { params: { count: number } }) {
          seen = context.params.count;
        },
      },
    });
    await broker.start();
    await broker.waitForServices("counter");
    // The other side hears later of those who listen to its events; what it says before that is lost.
    while (seen === undefined) {
      await broker.call("counter.say");
      await pause(KNOWN_EVERY_MS);
    }
    return {
      tell() {
        if (sent - (seen ?? 0) >= ON_THE_WAY_MAX) return false;
        sent++;
        void broker.emit("note", { text: TEXT });
        return true;
      },
      ask: () => broker.call<number, { text: string }>("counter.count", { text: TEXT }),
      close: () => broker.stop(),
    };
  },
};

function brokerAt(url: string, nodeID: string): ServiceBroker {
  return new ServiceBroker({ nodeID, logger: false, transporter: { type: "Redis", options: url } as never });
}

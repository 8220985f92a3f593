/**
 * The gateway as the load generator `wsload` expects it: `--port N`. A WebSocket on `/?room=R` joins room R, a text that
 * begins with `e:` comes back, `POST /push?room=R` sends its body to the room. All of it takes the public path: port,
 * route table, limits, an actor for each connection, channels for the rooms.
 */
import { parseArgs } from "node:util";
import { Gateway } from "../../../actors/gateway/gateway.ts";
import type { ChannelProtocol } from "../../../protocols/channel.ts";
import type { Reference } from "../../../protocols/reference.ts";
import { ActorSystem } from "../../../runtime/kernel/actor-system.ts";
import { Channel } from "../../../runtime/net/channel.ts";
import { HttpPort } from "../../../runtime/net/http-port.ts";
import { operation, route } from "../../../runtime/net/route.ts";
import type { Route } from "../../../runtime/net/route.ts";
import { gatewayShare } from "../../../runtime/node-ports.ts";
import { loadSettings } from "../../../deploy/settings.ts";
import { keepYoungGeneration } from "../../../deploy/young-generation.ts";

/** Limits that are checked for every frame, and too wide for this load to reach. */
const LIMITS = { frameBytes: 65_536, messagesPerSecond: 1_000_000, burst: 1_000_000, subscriptions: 100 };

const { port } = parseArgs({ options: { port: { type: "string", default: "9001" } } }).values;
const settings = loadSettings({ folder: ".", environment: {}, flags: [] });
const system = new ActorSystem({ name: "bench" });
const share = gatewayShare({ ...settings, limits: { ...settings.limits, ...LIMITS } }, system);
const gateway = new HttpPort({
  name: "web",
  host: "127.0.0.1",
  port: Number(port),
  routes: benchRoutes(),
  share,
  title: { title: "bench", version: "1" },
});
// As a node does when it starts.
keepYoungGeneration();
await gateway.open();
system.spawn(Gateway, "gateway", {
  ports: [gateway],
  rooms: undefined,
  pingEveryMs: settings.limits.pingEveryMs,
});
console.log(`listening on ${port}`);

function benchRoutes(): Route[] {
  const rooms = new Map<string, Reference<ChannelProtocol>>();
  const roomOf = (name: string): Reference<ChannelProtocol> => {
    let room = rooms.get(name);
    if (room === undefined) rooms.set(name, (room = new Channel(name, "dropOldest")));
    return room;
  };
  return [
    route("/", {
      protocol: "text",
      onOpen({ outlet, query }, context) {
        context.tell(roomOf(query.get("room") ?? ""), { kind: "attach", outlet });
      },
      onMessage({ outlet }, text, context) {
        if (text.startsWith("e:")) context.tell(outlet, { kind: "sendText", text });
      },
    }),
    route("/push", {
      onRequest: {
        POST: operation({
          summary: "Sends the body to a room",
          answers: { 200: "text/plain" },
          handle({ query, raw }, context) {
            context.tell(roomOf(query.get("room") ?? ""), { kind: "publishText", text: raw.toString() });
            return { status: 200, body: "ok" };
          },
        }),
      },
    }),
  ];
}

import { GatewayProtocol } from "../../protocols/gateway.ts";
import { RoomDirectoryProtocol } from "../../protocols/room-directory.ts";
import type { Feature } from "../../runtime/feature.ts";
import { ChatKeeper } from "./chat-keeper.ts";
import { PUSH_SCOPE, pushRoute } from "./push.ts";
import { offerStores } from "./offer-stores.ts";
import { Rooms } from "./rooms.ts";
import { roomRoutes } from "./routes.ts";

/** Live text and chat: rooms, the routes to them, and the door for services that post. */
export const roomsFeature: Feature = {
  name: "rooms",
  start({ settings, system, entities, singletons, sources, cluster, openChannel, find }) {
    const { findStore, chats } = offerStores({ settings: settings.rooms, entities, topics: cluster?.topics });
    const rooms = system.spawn(Rooms, "rooms", { settings: settings.rooms, openChannel, findStore });
    if (chats !== undefined) singletons.offer(ChatKeeper, {}, { type: chats });
    const guard = sources.guard(PUSH_SCOPE);
    // The gateway starts later, because it wants to know where rooms are.
    const gateway = () => find(GatewayProtocol);
    return {
      routes: [...roomRoutes({ rooms, findStore }), pushRoute({ rooms, gateway, guard })],
      offers: [{ protocol: RoomDirectoryProtocol, reference: rooms }],
    };
  },
};

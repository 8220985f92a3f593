import { GatewayProtocol } from "../../protocols/gateway.ts";
import { RoomDirectoryProtocol } from "../../protocols/room-directory.ts";
import type { Feature } from "../../runtime/feature.ts";
import { sourceGuard } from "../../runtime/identity/source-guard.ts";
import { SourceVerifier } from "../../runtime/identity/source-verifier.ts";
import type { VerifierMemory } from "../../runtime/identity/source-verifier.ts";
import { Followers } from "./followers.ts";
import { LiveRoom } from "./live-room.ts";
import { PUSH_SCOPE, pushRoute } from "./push.ts";
import { isStored } from "./room-kind.ts";
import { liveRoomStore } from "./room-store.ts";
import type { FindStore } from "./room-store.ts";
import { Rooms } from "./rooms.ts";
import { roomRoutes } from "./routes.ts";

/** Live text and chat: rooms, the routes to them, and the door for services that post. */
export const roomsFeature: Feature = {
  name: "rooms",
  start({ settings, system, entities, cluster, openChannel, find }) {
    const { durability } = settings.rooms;
    const type = entities.offer({ ...LiveRoom, durability }, { followers: new Followers() });
    const liveRooms = { type, isShared: cluster !== undefined };
    const findStore: FindStore = (room) => (isStored(room) ? liveRoomStore(liveRooms, room) : undefined);
    const rooms = system.spawn(Rooms, "rooms", { settings: settings.rooms, openChannel, findStore });
    const { keys, windowMs } = settings.push;
    const rules = { windowMs, startedAtMs: system.clock.wallMs() };
    const verifier = new SourceVerifier(keys, rules);
    const guard = sourceGuard(verifier, PUSH_SCOPE);
    // The gateway starts later, because it wants to know where rooms are.
    const gateway = () => find(GatewayProtocol);
    return {
      routes: [...roomRoutes({ rooms, findStore }), pushRoute({ rooms, gateway, guard })],
      offers: [{ protocol: RoomDirectoryProtocol, reference: rooms }],
      keepsakes: [
        {
          name: "nonces",
          version: 1,
          dump: () => verifier.dump(),
          load: (data) => verifier.load(data as VerifierMemory, system.clock.wallMs()),
        },
      ],
    };
  },
};

import { AlarmsProtocol } from "./alarms.ts";
import { CensusProtocol } from "./census.ts";
import { ChannelProtocol } from "./channel.ts";
import { ConnectionProtocol } from "./connection.ts";
import { EndpointProtocol } from "./endpoint.ts";
import type { Events } from "./events.ts";
import { GatewayProtocol } from "./gateway.ts";
import { ListenerProtocol } from "./listener.ts";
import { LiveRoomEvents, LiveRoomProtocol } from "./live-room.ts";
import { OpsProtocol } from "./ops-node.ts";
import { OutletProtocol } from "./outlet.ts";
import { PortProtocol } from "./port.ts";
import type { Protocol } from "./protocol.ts";
import { RoomDirectoryProtocol } from "./room-directory.ts";
import { RoomProtocol } from "./room.ts";

/** Every protocol there is, for doors that take messages of any of them: transport, journal, documentation. */
export const PROTOCOLS: readonly Protocol[] = [
  AlarmsProtocol,
  CensusProtocol,
  ChannelProtocol,
  ConnectionProtocol,
  EndpointProtocol,
  GatewayProtocol,
  ListenerProtocol,
  LiveRoomProtocol,
  OpsProtocol,
  OutletProtocol,
  PortProtocol,
  RoomDirectoryProtocol,
  RoomProtocol,
];

/** The events of every kind of entity there is: what journals hold for ever. */
export const ENTITY_EVENTS: readonly Events[] = [LiveRoomEvents];

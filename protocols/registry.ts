import { AlarmsProtocol } from "./alarms.ts";
import { AlertRuleEvents, AlertRuleProtocol } from "./alert-rule.ts";
import { AlertWatchProtocol } from "./alert-watch.ts";
import { CensusProtocol } from "./census.ts";
import { ChannelProtocol } from "./channel.ts";
import { ChatKeeperProtocol } from "./chat-keeper.ts";
import { ConnectionProtocol } from "./connection.ts";
import { CountBookEvents, CountBookProtocol } from "./count-book.ts";
import { CountDaysEvents, CountDaysProtocol } from "./count-days.ts";
import { EndpointProtocol } from "./endpoint.ts";
import type { Events } from "./events.ts";
import { GatewayProtocol } from "./gateway.ts";
import { ListenerProtocol } from "./listener.ts";
import { LiveRoomEvents, LiveRoomProtocol } from "./live-room.ts";
import { NodeWatchProtocol } from "./node-watch.ts";
import { OpsProtocol } from "./ops-node.ts";
import { OutletProtocol } from "./outlet.ts";
import { CountPageEvents, CountPageProtocol } from "./count-page.ts";
import { CountPartialEvents, CountPartialProtocol } from "./partial.ts";
import { PortProtocol } from "./port.ts";
import { RegistrarProtocol, RegistryKeyProtocol, RegistryWatcherProtocol } from "./registry-key.ts";
import { LogsNodeProtocol } from "./logs-node.ts";
import type { Protocol } from "./protocol.ts";
import { RoomDirectoryProtocol } from "./room-directory.ts";
import { RoomProtocol } from "./room.ts";
import { StatsStreamsProtocol } from "./stats-streams.ts";
import { TimeBlockProtocol } from "./time-block.ts";
import { TopicProtocol } from "./topic.ts";

/** Every protocol there is, for doors that take messages of any of them: transport, journal, documentation. */
export const PROTOCOLS: readonly Protocol[] = [
  AlarmsProtocol,
  AlertRuleProtocol,
  AlertWatchProtocol,
  CensusProtocol,
  ChannelProtocol,
  ChatKeeperProtocol,
  ConnectionProtocol,
  CountBookProtocol,
  CountDaysProtocol,
  CountPageProtocol,
  CountPartialProtocol,
  EndpointProtocol,
  GatewayProtocol,
  ListenerProtocol,
  LiveRoomProtocol,
  LogsNodeProtocol,
  NodeWatchProtocol,
  OpsProtocol,
  OutletProtocol,
  PortProtocol,
  RegistrarProtocol,
  RegistryKeyProtocol,
  RegistryWatcherProtocol,
  RoomDirectoryProtocol,
  RoomProtocol,
  StatsStreamsProtocol,
  TimeBlockProtocol,
  TopicProtocol,
];

/** The events of every kind of entity there is: what journals hold for ever. */
export const ENTITY_EVENTS: readonly Events[] = [
  AlertRuleEvents,
  CountBookEvents,
  CountDaysEvents,
  CountPageEvents,
  CountPartialEvents,
  LiveRoomEvents,
];

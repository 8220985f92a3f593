import { randomBytes } from "node:crypto";
import type { ListenerSettings, NodeSettings } from "../protocols/settings.ts";
import type { NodeUrls } from "./feature.ts";
import type { ActorSystem } from "./kernel/actor-system.ts";
import { Admission } from "./net/admission.ts";
import type { AdmissionLimits } from "./net/admission.ts";
import { AccessTap } from "./net/access-tap.ts";
import { AnswerCounts } from "./net/answer-counts.ts";
import { ConnectionIds } from "./net/connection-ids.ts";
import { Dialects } from "./net/dialect.ts";
import { FlushQueue } from "./net/flush-queue.ts";
import { HttpPort } from "./net/http-port.ts";
import type { ApiTitle } from "./net/open-api.ts";
import type { Port } from "./net/port.ts";
import type { PortShare } from "./net/port-share.ts";
import type { Route } from "./net/route.ts";
import { urlHost } from "./net/url-host.ts";
import { TcpPort } from "./net/tcp-port.ts";

/** Random bytes before the number of a connection, so that no two lives of a node name one alike. */
const BOOT_BYTES = 4;
/** Operators are few, and get in also while the gateway is full. */
const OPERATOR_LIMITS: AdmissionLimits = { connections: 256, connectionsPerAddress: 256 };
/** The operators' port is called this beside the listeners of the gateway. */
export const OPERATORS_PORT = "ops";

/** A listener's settings name a route that is not there, or that cannot be reached that way. */
export class UnfitListener extends Error {
  override readonly name = "UnfitListener";
}

/** What all ports of the gateway share. */
export function gatewayShare(settings: NodeSettings, system: ActorSystem): PortShare {
  const { limits, origins } = settings;
  const { clock, log, random, deadlines } = system;
  const { frameBytes, messagesPerSecond, burst, subscriptions } = limits;
  return {
    flushes: new FlushQueue(),
    deadlines,
    outboundBytes: limits.outboundBytes,
    door: system,
    ids: new ConnectionIds(randomBytes(BOOT_BYTES).toString("hex")),
    admission: new Admission(limits),
    dialects: new Dialects(),
    origins,
    handshakeMs: limits.handshakeMs,
    limits: { frameBytes, messagesPerSecond, burst, subscriptions },
    log,
    answers: new AnswerCounts(),
    access: new AccessTap(),
    requests: {
      log,
      tell: system.tell.bind(system),
      ask: system.ask.bind(system),
      wallMs: () => clock.wallMs(),
      random: () => random(),
    },
  };
}

/** The port of one listener of the gateway, not bound yet. @throws UnfitListener */
export function gatewayPort(listener: ListenerSettings, routes: readonly Route[], parts: SharedParts): Port {
  const { share, title } = parts;
  const { name, host, port } = listener;
  const chosen = chooseRoutes(listener, routes);
  if (listener.kind === "http") return new HttpPort({ name, host, port, routes: chosen, share, title });
  return new TcpPort({ name, host, port, routes: chosen, share, framing: listener.framing ?? "line" });
}

/** The operators' port, not bound yet. */
export function operatorsPort(
  { ops }: NodeSettings,
  routes: readonly Route[],
  { share, title }: SharedParts,
): HttpPort {
  const own = { ...share, admission: new Admission(OPERATOR_LIMITS), access: new AccessTap() };
  return new HttpPort({ name: OPERATORS_PORT, host: ops.host, port: ops.port, routes, share: own, title });
}

/** Where the ports of a node are reached, which are bound. */
export function urlsOf(
  { listeners, ops }: NodeSettings,
  gateway: readonly Port[],
  operators: Port | undefined,
): NodeUrls {
  const urlOf = (scheme: string, host: string, port: Port | undefined): string =>
    `${scheme}://${urlHost(host)}:${port?.number ?? 0}`;
  const entries = listeners.map(({ name, kind, host }, index) => [name, urlOf(kind, host, gateway[index])]);
  return { opsUrl: urlOf("http", ops.host, operators), listeners: Object.fromEntries(entries) };
}

/** What a port needs besides its address and its routes. */
export interface SharedParts {
  readonly share: PortShare;
  readonly title: ApiTitle;
}

/** @throws UnfitListener */
function chooseRoutes(
  { name, kind, routes: wanted }: ListenerSettings,
  routes: readonly Route[],
): readonly Route[] {
  if (wanted === undefined) return routes;
  const fitting = kind === "http" ? routes : routes.filter(({ connects }) => connects);
  const unknown = wanted.find((path) => !fitting.some((route) => route.path === path));
  if (unknown === undefined) return wanted.flatMap((path) => fitting.filter((route) => route.path === path));
  const known = fitting.map(({ path }) => path).join(", ");
  throw new UnfitListener(
    `listener ${name} names the route ${unknown}; a listener of kind ${kind} may have ${known}`,
  );
}

import type { ClientFrames } from "../../protocols/client-frames.ts";
import type { AccessRecord } from "../../runtime/net/access-tap.ts";
import type { ConnectionContext, ConnectionState } from "./connection-state.ts";

/** For HTTP a WebSocket is a change of protocol that lasts until it ends. */
const SWITCHED_STATUS = 101;
const OK_STATUS = 200;

/** Tells the records of the gateway that a connection is over. */
export function noteConnectionEnd(state: ConnectionState, context: ConnectionContext): void {
  const { access } = state.host;
  if (access?.isOpen !== true) return;
  const { bytesIn, bytesOut } = state.socket.traffic.account();
  const isWebSocket = state.socket.format.startsWith("webSocket");
  access.add({
    ...common(state),
    kind: isWebSocket ? "webSocket" : "tcp",
    method: isWebSocket ? "GET" : "TCP",
    status: isWebSocket ? SWITCHED_STATUS : OK_STATUS,
    bytesIn,
    bytesOut,
    durationMs: Math.max(0, context.wallMs() - state.openedAtMs),
  });
}

/** How a call ended, as HTTP would put it. */
export type CallStatus = 200 | 400 | 500;

/** Tells the records of the gateway that a call has its answer. */
export function noteCall(
  state: ConnectionState,
  { route, action }: ClientFrames["call"],
  status: CallStatus,
  durationMs: number,
): void {
  const { access } = state.host;
  if (access?.isOpen !== true) return;
  const isKnown = Object.hasOwn(state.host.table.find(route)?.actions ?? {}, action);
  const called = `${route}#${action}`;
  access.add({
    ...common(state),
    kind: "call",
    method: "CALL",
    route: isKnown ? called : "none",
    path: called,
    status,
    bytesIn: 0,
    bytesOut: 0,
    durationMs,
  });
}

function common({
  host,
  route,
  socket,
}: ConnectionState): Pick<AccessRecord, "listener" | "route" | "path" | "address" | "agent"> {
  const { path } = route;
  return { listener: host.listener, route: path, path, address: socket.address, agent: "" };
}

import type { Socket } from "node:net";
import type { AdmissionRefusal } from "./admission.ts";
import type { PortShare } from "./port-share.ts";
import { addressOf } from "./route-request.ts";

/** What a refused socket is told, for its limits. */
export const ADMISSION_TEXTS: Readonly<Record<AdmissionRefusal, string>> = {
  tooManyConnections: "the node holds as many connections as it may",
  tooManyFromAddress: "this address holds as many connections as it may",
};

/** When a client that found no room may come again, in seconds. */
export const RETRY_AFTER_S = 5;

/** Counts a socket in for as long as it is open. Answers why there is no room for it. */
export function enter(
  socket: Socket,
  listener: string,
  { admission, log }: PortShare,
): AdmissionRefusal | undefined {
  const address = addressOf(socket.remoteAddress);
  const refusal = admission.enter(address);
  if (refusal === undefined) leaveOnce(socket, () => admission.leave(address));
  else log.warn("connection.refused", { listener, address, reason: refusal });
  return refusal;
}

/** Counts a socket in that another process had let in, for as long as it is open. */
export function enterAgain(socket: Socket, address: string, { admission }: PortShare): void {
  admission.admit(address);
  leaveOnce(socket, () => admission.leave(address));
}

// `once` would cost each connection a wrapper.
function leaveOnce(socket: Socket, leave: () => void): void {
  let isInside = true;
  socket.on("close", () => {
    if (isInside) leave();
    isInside = false;
  });
}

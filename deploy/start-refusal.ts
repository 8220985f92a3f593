import { isFault } from "../runtime/fault.ts";
import type { Fault } from "../runtime/fault.ts";
import { OPERATORS_PORT, UnfitListener } from "../runtime/node-ports.ts";
import { Refusal } from "./refusal.ts";

/** Why a node cannot start, in words that say which setting to change; undefined when that is nobody's setting. */
export function startRefusal(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (error instanceof UnfitListener) return new Refusal("settings", error.message, { cause: error });
  if (isFault(error, "portTaken")) return portTaken(error);
  const { syscall, message } = error as NodeJS.ErrnoException;
  if (syscall !== "listen" && syscall !== "getaddrinfo") return undefined;
  return new Refusal("unavailable", `a port cannot be opened: ${message}; check its host and port`, {
    cause: error,
  });
}

function portTaken(fault: Fault): Refusal {
  const [listener, host, port] = ["listener", "host", "port"].map((name) => String(fault.details[name]));
  const setting = listener === OPERATORS_PORT ? "ops.port" : `listeners.${listener}.port`;
  const advice = `stop what uses it (ss -ltnp), or choose another: --set ${setting}=0 takes any free one`;
  const text = `port ${port} of listener ${listener} (${host}) is in use; ${advice}`;
  return new Refusal("unavailable", text, { cause: fault });
}

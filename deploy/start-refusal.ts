import { Fault, isFault } from "../runtime/fault.ts";
import type { FaultCode } from "../runtime/fault.ts";
import { OPERATORS_PORT, UnfitListener } from "../runtime/node-ports.ts";
import { Refusal } from "./refusal.ts";

/** What an operator can do about a journal that cannot be opened. Nothing in it was changed. */
const JOURNAL_ADVICE: { readonly [code in FaultCode]?: string } = {
  journalUnusable:
    "give the node a data directory of its own on a local disk, with --data-dir, or move what is there out of its way",
  journalCorrupt:
    "banyan journal verify says what is damaged; put a backup in its place, or move the folder away to begin with an empty one",
  journalFull: "make room on its disk, or raise journal.maxBytes",
  journalUnavailable: "see to its disk, then start again",
};

/** Why a node cannot start, in words that say which setting to change; undefined when that is nobody's setting. */
export function startRefusal(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (error instanceof UnfitListener) return new Refusal("settings", error.message, { cause: error });
  if (isFault(error, "portTaken")) return portTaken(error);
  if (error instanceof Fault && error.code in JOURNAL_ADVICE) return journalUnfit(error);
  if (isFault(error, "durabilityMissing")) return tooDurable(error);
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

/** Where it is set what is stored of each type of entity has to survive. */
const DURABILITY_SETTINGS: Readonly<Record<string, string>> = { "live-room": "rooms.durability" };

function tooDurable(fault: Fault): Refusal {
  const [type, durability, strongest] = ["type", "durability", "strongest"].map((name) =>
    String(fault.details[name]),
  );
  const setting = DURABILITY_SETTINGS[type ?? ""] ?? `the durability of ${type}`;
  const text = `${setting} is ${durability}, and the journal promises no more than ${strongest}; set it to that, or give the node a store that holds more`;
  return new Refusal("settings", text, { cause: fault });
}

function journalUnfit(fault: Fault): Refusal {
  const { path, why = fault.message } = fault.details as { readonly path?: string; readonly why?: string };
  const text = `the journal ${path} cannot be opened: ${why}; ${JOURNAL_ADVICE[fault.code]}`;
  const mayPass = fault.code === "journalFull" || fault.code === "journalUnavailable";
  return new Refusal(mayPass ? "unavailable" : "settings", text, { cause: fault });
}

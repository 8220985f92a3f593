import { join } from "node:path";
import type { NodeSettings } from "../protocols/settings.ts";
import type { ActorSystem } from "../runtime/kernel/actor-system.ts";
import { takeFatalBlocks } from "../runtime/supervision/watchdog/block-record.ts";
import type { Block } from "../runtime/supervision/watchdog/block.ts";
import { Watchdog } from "../runtime/supervision/watchdog/watchdog.ts";
import type { Logger } from "../runtime/telemetry/logger.ts";

/** The file of the data directory in which blocked loops are written down. */
const BLOCKS_FILE = "blocks.jsonl";

interface Watched {
  readonly settings: NodeSettings;
  readonly system: ActorSystem;
  readonly log: Logger;
}

/**
 * Has the event loop watched from now on. The message on which the process before this one was killed goes into
 * quarantine first: it kills a process once at most.
 */
export function watchLoop({ settings, system, log }: Watched): Watchdog {
  const recordPath = join(settings.dataDir, BLOCKS_FILE);
  for (const block of takeFatalBlocks(recordPath)) quarantine(block, system, log);
  const watchdog = new Watchdog({
    ...settings.watchdog,
    recordPath,
    onBlocked: (block) => report(block, settings.watchdog.blockedAfterMs, system, log),
    onFailed: (err) => log.error("loop.unwatched", { err }),
  });
  watchdog.start();
  return watchdog;
}

function quarantine({ atMs, flight, stack }: Block, { quarantine: held }: ActorSystem, log: Logger): void {
  log.error("loop.killed", { path: flight?.path, kind: flight?.kind, stack });
  if (flight?.message === undefined) return;
  held.add({
    atMs,
    path: flight.path,
    kind: flight.kind,
    handler: `${flight.type}.${flight.kind}`,
    strikes: 1,
    note: stack[0],
    message: JSON.parse(flight.message) as { kind: string },
  });
}

function report(
  { atMs, flight, stack, namedAfterMs }: Block,
  deadlineMs: number,
  system: ActorSystem,
  log: Logger,
): void {
  log.error("loop.blocked", { path: flight?.path, kind: flight?.kind, namedAfterMs, stack });
  system.stalls.add({
    atMs,
    path: flight?.path ?? "/",
    type: flight?.type ?? "unknown",
    silence: "loop",
    deadlineMs,
    kind: flight?.kind,
    note: stack[0],
    strikes: 0,
  });
}

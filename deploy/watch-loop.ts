import { join } from "node:path";
import type { NodeSettings } from "../protocols/settings.ts";
import type { ActorSystem } from "../runtime/kernel/actor-system.ts";
import { takeFatalBlocks } from "../runtime/supervision/watchdog/block-record.ts";
import type { Block } from "../runtime/supervision/watchdog/block.ts";
import type { LoopBeats } from "../runtime/supervision/watchdog/loop-beats.ts";
import { Watchdog } from "../runtime/supervision/watchdog/watchdog.ts";
import type { Logger } from "../runtime/telemetry/logger.ts";
import { BLOCKS_FILE } from "./data-directory.ts";

/** When a blocked process is killed unless the settings say so: only a host starts another one. */
const KILL_UNDER_HOST_AFTER_MS = 10_000;

interface Watched {
  readonly settings: NodeSettings;
  readonly system: ActorSystem;
  readonly log: Logger;
  /** Made before the node: whoever expects a block tells it. */
  readonly beats: LoopBeats;
  /** Whether somebody starts this process again when it is killed. */
  readonly hasHost: boolean;
}

/**
 * Has the event loop watched from now on. The message on which the process before this one was killed goes into
 * quarantine first: it kills a process once at most.
 */
export function watchLoop({ settings, system, log, beats, hasHost }: Watched): Watchdog {
  const recordPath = join(settings.dataDir, BLOCKS_FILE);
  for (const block of takeFatalBlocks(recordPath)) quarantine(block, system, log);
  const { blockedAfterMs, killAfterMs = hasHost ? KILL_UNDER_HOST_AFTER_MS : 0 } = settings.watchdog;
  const watchdog = new Watchdog({
    beats,
    blockedAfterMs,
    killAfterMs,
    recordPath,
    onBlocked: (block) => report(block, blockedAfterMs, system, log),
    onFailed: (err) => log.error("loop.unwatched", { err }),
  });
  watchdog.start();
  return watchdog;
}

function quarantine(block: Block, { quarantine: held }: ActorSystem, log: Logger): void {
  const { atMs, flight, at } = block;
  log.error("loop.killed", named(block));
  if (flight?.message === undefined) return;
  held.add({
    atMs,
    path: flight.path,
    kind: flight.kind,
    handler: `${flight.type}.${flight.kind}`,
    strikes: 1,
    note: at,
    message: JSON.parse(flight.message) as { kind: string },
  });
}

function report(block: Block, deadlineMs: number, system: ActorSystem, log: Logger): void {
  const { atMs, flight, at, namedAfterMs } = block;
  log.error("loop.blocked", { ...named(block), namedAfterMs });
  system.stalls.add({
    atMs,
    path: flight?.path ?? "/",
    type: flight?.type ?? "unknown",
    silence: "loop",
    deadlineMs,
    kind: flight?.kind,
    note: at,
    strikes: 0,
  });
}

/** What a log line says of a block. */
function named({ kind: block, flight, at, stack, seenAt }: Block): Record<string, unknown> {
  return { block, path: flight?.path, kind: flight?.kind, at, stack, seenAt };
}

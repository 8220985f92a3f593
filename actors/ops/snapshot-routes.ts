import { join } from "node:path";
import { SnapshotFields } from "../../protocols/ops-acts.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { Route } from "../../runtime/net/route.ts";
import type { ExpectBlock } from "../../runtime/supervision/watchdog/loop-beats.ts";
import { takeHeapSnapshot } from "../../runtime/telemetry/heap-snapshot.ts";
import type { HeapSnapshot } from "../../runtime/telemetry/heap-snapshot.ts";
import type { Clock } from "../../runtime/time/clock.ts";

/** The folder of the data directory in which snapshots are kept, and how many. */
const FOLDER = "snapshots";
const KEPT = 3;
/** How long a snapshot may hold the event loop before it counts as a block like any other, in milliseconds. */
const BLOCK_MS_MAX = 300_000;

/** What a snapshot is taken with. */
export interface SnapshotParts {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly expectBlock: ExpectBlock;
  readonly take?: (folder: string, name: string, kept: number) => HeapSnapshot;
}

/** A heap snapshot on demand: whoever holds the memory stands in it. */
export function snapshotRoutes(parts: SnapshotParts): Route[] {
  const { dataDir, clock, expectBlock, take = takeHeapSnapshot } = parts;
  return [
    route("/v1/node/heap-snapshot", {
      onRequest: {
        POST: operation({
          summary: `Writes a heap snapshot into the data directory; the process stands still meanwhile. The latest ${KEPT} are kept`,
          answers: { 200: SnapshotFields },
          audited: () => ({ act: "heap snapshot", target: "node" }),
          handle: () => {
            const begunMs = clock.nowMs();
            const free = expectBlock("heap snapshot", BLOCK_MS_MAX);
            try {
              const snapshot = take(join(dataDir, FOLDER), nameAt(clock.wallMs()), KEPT);
              return {
                status: 200,
                body: { ...snapshot, blockedMs: Math.round(clock.nowMs() - begunMs) },
              };
            } finally {
              free();
            }
          },
        }),
      },
    }),
  ];
}

/** A name that sorts by time and stands in any file system. */
function nameAt(wallMs: number): string {
  return new Date(wallMs).toISOString().replaceAll(":", "-");
}

import { existsSync } from "node:fs";
import { Fault } from "../../runtime/fault.ts";
import { openStore as openReal } from "../../runtime/persistence/lmdb-store.ts";
import type { LmdbStore } from "../../runtime/persistence/lmdb-store.ts";

export { JOURNAL_FORMAT, LOCK_FILE } from "../../runtime/persistence/lmdb-store.ts";

/** As long as this file is in the folder of the process, its disk takes nothing. */
export const DISK_FAILS = "disk-fails";

/** What stands in for `runtime/persistence/lmdb-store.ts`: a store whose flushes fail when a test wants them to. */
export async function openStore(...args: Parameters<typeof openReal>): Promise<LmdbStore> {
  const store = await openReal(...args);
  const flush = (): Promise<void> =>
    existsSync(DISK_FAILS)
      ? Promise.reject(new Fault("journalUnavailable", { path: store.path, why: "input/output error" }))
      : store.flush();
  return { ...store, flush };
}

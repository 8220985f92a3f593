import { setTimeout as sleep } from "node:timers/promises";
import { encodeLogGroup } from "../../runtime/sls/encode-log-group.ts";
import type { LogGroup } from "../../runtime/sls/log-group.ts";
import { SlsError } from "../../runtime/sls/sls-error.ts";
import type { SlsLogstore } from "../../runtime/sls/sls-logstore.ts";
import { RETRY_BACKOFF } from "../../runtime/sls/sls-remedy.ts";
import { backoffMs } from "../../runtime/time/backoff.ts";
import type { LineGroups } from "./line-groups.ts";

const TRIES_MAX = 8;
/** Lines that come slowly are put at last after so long. */
const LINGER_MS = 1000;

/** What was put. */
export interface PutCount {
  logs: number;
  groups: number;
}

/** Where lines go, and the account of it, which also stands when it ends badly. */
export interface Putting {
  readonly groups: LineGroups;
  readonly logstore: SlsLogstore;
  readonly count: PutCount;
}

/**
 * Puts lines into a logstore as they come, in groups. A group that the service has refused for now is put again; one
 * whose fate is unknown is not, so that nothing is there twice. @throws SlsError
 */
export async function putLines(lines: AsyncIterable<string>, putting: Putting): Promise<void> {
  const { groups } = putting;
  let sinceMs = performance.now();
  for await (const line of lines) {
    const nowMs = performance.now();
    const full = groups.add(line, Date.now());
    if (full === undefined && nowMs - sinceMs < LINGER_MS) continue;
    sinceMs = nowMs;
    await put(full ?? groups.take(), putting);
  }
  await put(groups.take(), putting);
}

async function put(group: LogGroup | undefined, { logstore, count }: Putting): Promise<void> {
  if (group === undefined) return;
  await putGroup(logstore, group);
  count.logs += group.logs.length;
  count.groups++;
}

async function putGroup(logstore: SlsLogstore, group: LogGroup): Promise<void> {
  const bytes = encodeLogGroup(group);
  for (let attempt = 0; ; attempt++) {
    try {
      return await logstore.put(bytes);
    } catch (error) {
      if (!isRefusedForNow(error) || attempt === TRIES_MAX - 1) throw error;
      await sleep(backoffMs(RETRY_BACKOFF, attempt, Math.random()));
    }
  }
}

/** With an answer it is certain that nothing was stored. */
function isRefusedForNow(error: unknown): boolean {
  if (!(error instanceof SlsError) || error.status === undefined) return false;
  return error.remedy === "retry" || error.remedy === "slowDown";
}

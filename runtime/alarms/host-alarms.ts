import type { HostReport } from "../../protocols/host.ts";
import type { AlarmCall } from "./alarm.ts";

/** Ends that nobody has to be told of as a death; a worker that refuses to start is told as a refused reload. */
const NO_DEATHS: readonly string[] = ["expected", "refused"];

/** What the host's report says that people should hear of, and up to when it has been read. */
export interface HostWord {
  readonly calls: readonly AlarmCall[];
  readonly readUntilMs: number;
}

/** The parts of the host's report in which there may be news. */
export type HostNews = Pick<HostReport, "ended" | "recycled" | "refusedReloads">;

/**
 * Finds in the host's report what has happened after `sinceMs`: a worker that died cannot say so itself, and the host
 * has no way to reach people, so the next worker tells. Pure.
 */
export function hostWord(
  { ended, recycled, refusedReloads = [] }: HostNews,
  sinceMs: number,
  quietMs: number,
): HostWord {
  const died = ended.filter(({ atMs, kind }) => atMs > sinceMs && !NO_DEATHS.includes(kind));
  const replaced = recycled.filter(({ atMs }) => atMs > sinceMs);
  const refused = refusedReloads.filter(({ atMs }) => atMs > sinceMs);
  const calls = [
    ...refused.map(({ why }): AlarmCall => ({
      key: "reload.refused",
      severity: "warning",
      summary: `a reload was refused, and what was there before serves on: ${why}`,
      quietMs,
    })),
    ...died.map((worker): AlarmCall => {
      const { pid, kind, text, advice, lifeMs, atMs } = worker;
      const details = {
        pid,
        cause: kind,
        lifeMs,
        endedAtMs: atMs,
        ...(advice === undefined ? {} : { advice }),
      };
      return {
        key: `worker.died:${worker.number}`,
        severity: "critical",
        summary: `worker ${worker.number} has died: ${text}`,
        details,
        quietMs,
      };
    }),
    ...replaced.map(({ number, pid, cause, text }): AlarmCall => ({
      key: `worker.recycled:${number}`,
      severity: "notice",
      summary: `worker ${number} was worn out and replaced: ${text}`,
      details: { pid, cause },
      quietMs,
    })),
  ];
  const times = [...died, ...replaced, ...refused].map(({ atMs }) => atMs);
  return { calls, readUntilMs: Math.max(sinceMs, ...times) };
}

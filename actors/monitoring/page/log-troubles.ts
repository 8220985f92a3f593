import type { MessageOf } from "../../../protocols/protocol.ts";
import type { LogsFields } from "../../../protocols/ops-logs.ts";

// Pure: what the operators' port answers about who reads the logs, and what of it somebody should see.

/** What reads logs on one node. */
export type LogReaders = MessageOf<"logs", typeof LogsFields>["nodes"][number];

/** Something that is not read at present, and why. */
export interface LogTrouble {
  readonly node: string;
  /** A source, or a part of one; undefined where nothing is known of the node. */
  readonly log: string | undefined;
  /** Since when, as far as it is known. */
  readonly atMs: number | undefined;
  readonly text: string;
}

/** What is not read at present: sources that cannot be listed, parts that have stalled, and nodes that say nothing. */
export function troublesOf(readers: readonly LogReaders[]): readonly LogTrouble[] {
  return readers.flatMap(({ node, silence, sources, pullers }): readonly LogTrouble[] => {
    if (silence !== undefined) return [{ node, log: undefined, atMs: undefined, text: silence }];
    const listed = sources.map(({ source: log, trouble }) => ({ node, log, trouble }));
    const stalled = pullers.filter(({ state }) => state === "stalled");
    const parts = stalled.map(({ source, partition, trouble }) => ({
      node,
      log: `${source}/${partition}`,
      trouble,
    }));
    return [...listed, ...parts].flatMap(({ trouble, ...place }) =>
      trouble === undefined ? [] : [{ ...place, atMs: trouble.atMs, text: trouble.text }],
    );
  });
}

import { Fault } from "../fault.ts";
import { ARCHIVE_FORMAT, LINE_LENGTH_MAX, parseArchiveLine } from "./archive-lines.ts";
import type { ArchiveCounts, ArchiveItem } from "./archive-lines.ts";

/** What an archive holds between its first and its last line. */
export type ArchiveContent = Exclude<ArchiveItem, { readonly kind: "banyanJournal" | "end" }>;

/**
 * Reads an archive piece by piece, and holds it against its checksums and its own count: what is damaged, cut off or of another layout is
 * not read to its end. @throws Fault archiveUnfit that names the line
 */
export async function* readArchive(
  chunks: AsyncIterable<string>,
): AsyncGenerator<ArchiveContent, ArchiveCounts> {
  const counts = { entities: 0, wakes: 0, snapshots: 0, records: 0 };
  let line = 0;
  for await (const text of linesOf(chunks)) {
    const item = parseArchiveLine(text);
    line++;
    if ("problem" in item) throw unfit(line, item.problem);
    if ((line === 1) !== (item.kind === "banyanJournal")) throw unfit(line, "it is not where it belongs");
    if (item.kind === "banyanJournal") checkFormat(item.format);
    else if (item.kind === "end") return checkedCounts(line, item, counts);
    else {
      counts[PLURAL[item.kind]]++;
      yield item;
    }
  }
  throw unfit(line, line === 0 ? "it is empty" : "it was cut off: its last line is missing");
}

const PLURAL = { entity: "entities", wake: "wakes", snapshot: "snapshots", record: "records" } as const;

function checkFormat(format: number): void {
  if (format !== ARCHIVE_FORMAT) throw unfit(1, `its format is ${format}, known is ${ARCHIVE_FORMAT}`);
}

function checkedCounts(line: number, said: ArchiveCounts, counts: ArchiveCounts): ArchiveCounts {
  const isWhole = (["entities", "wakes", "snapshots", "records"] as const).every(
    (what) => said[what] === counts[what],
  );
  if (!isWhole) {
    throw unfit(
      line,
      `it says that there are ${said.entities} entities and ${said.records} records, and there are ${counts.entities} and ${counts.records}`,
    );
  }
  return counts;
}

async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
    if (rest.length > LINE_LENGTH_MAX) throw unfit(0, "a line has no end");
  }
  // What has no end of line was cut off, and its checksum will say so unless only the end is missing.
  if (rest !== "") yield rest;
}

function unfit(line: number, why: string): Fault {
  return new Fault("archiveUnfit", line === 0 ? { why } : { line, why });
}

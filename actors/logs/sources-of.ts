import { join } from "node:path";
import type { LogSourceSettings } from "../../protocols/log-settings.ts";
import type { NodeSettings } from "../../protocols/settings.ts";
import { AccessSource } from "./access/access-source.ts";
import { FileSource } from "./file/file-source.ts";
import { readerName } from "./file/reader-name.ts";
import { JsonLines } from "./formats/json-lines.ts";
import type { LineFormat } from "./formats/line-format.ts";
import { COMBINED, NginxFormat } from "./formats/nginx-format.ts";
import { ReaderLock } from "./reader-lock.ts";
import { openSls } from "./sls/open-sls.ts";
import type { ConsumerPlace } from "./sls/open-sls.ts";
import type { Source } from "./source.ts";

/** Where the records of a gateway are. */
export function accessPath({ dataDir, name }: Pick<NodeSettings, "dataDir" | "name">): string {
  return join(dataDir, "access", `${name}.log`);
}

/** Whether a node reads more than what its own gateway has answered. */
export function isForLogs({ cluster }: Pick<NodeSettings, "cluster">): boolean {
  return cluster.redis === undefined || cluster.roles.includes("logs");
}

/** The sources that a node reads, of those in its settings: what its gateway has answered where it has one, and everything else where it is there for logs. */
export function sourcesOf(settings: NodeSettings, wallMs: () => number): readonly Source[] {
  return settings.logs.sources.flatMap((source): readonly Source[] => {
    const isOwn = source.kind === "access";
    if (isOwn ? settings.listeners.length === 0 : !isForLogs(settings)) return [];
    const made = sourceOf(source, settings, wallMs);
    return made === undefined ? [] : [made];
  });
}

function sourceOf(
  source: LogSourceSettings,
  settings: NodeSettings,
  wallMs: () => number,
): Source | undefined {
  const { name, kind, path } = source;
  if (kind === "access") {
    return new AccessSource(name, { path: accessPath(settings), node: settings.name }, wallMs);
  }
  if (kind === "file" && path !== undefined) {
    const format = formatOf(source);
    const folder = join(settings.dataDir, "logs");
    const lockPath = join(folder, `${name}.lock`);
    return new FileSource({
      name,
      path,
      format,
      wallMs,
      reader: readerName(join(folder, "reader")),
      lockPath,
    });
  }
  return openSls(source, { wallMs, placeOf: () => consumerPlace(name, settings) });
}

/** A consumer of a group is a node: its name is made of that of the node and of one that its data directory keeps, and one process at a time goes by it. */
function consumerPlace(source: string, { dataDir, name }: NodeSettings): ConsumerPlace {
  const folder = join(dataDir, "logs");
  const lock = new ReaderLock(join(folder, `${source}.lock`));
  const consumer = `${name}-${readerName(join(folder, "reader"))}`;
  return { consumer, claim: () => lock.claim(), release: () => lock.release() };
}

function formatOf({
  format = "combined",
  logFormat = COMBINED,
  timeField = "time",
}: LogSourceSettings): LineFormat {
  return format === "json" ? new JsonLines(timeField) : new NginxFormat(logFormat);
}

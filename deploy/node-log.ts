import type { NodeSettings } from "../protocols/settings.ts";
import { CountingLog } from "../runtime/telemetry/counting-log.ts";
import { PinoLogger } from "../runtime/telemetry/pino-logger.ts";

/** The log of a process, as the settings want it: pretty on a terminal and JSON elsewhere, unless they say otherwise. */
export function openLog({ name, log }: NodeSettings): CountingLog {
  const auto = process.stdout.isTTY ? "pretty" : "json";
  const format = log.format === "auto" ? auto : log.format;
  const opened = new CountingLog(new PinoLogger({ node: name, level: log.level, format }));
  process.on("uncaughtExceptionMonitor", (err) => opened.fatal("node.failed", { err }));
  return opened;
}

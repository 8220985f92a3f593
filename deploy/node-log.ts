import type { NodeSettings } from "../protocols/settings.ts";
import { CountingLog } from "../runtime/telemetry/counting-log.ts";
import { PacedLog } from "../runtime/telemetry/paced-log.ts";
import { PinoLogger } from "../runtime/telemetry/pino-logger.ts";
import { SystemClock } from "../runtime/time/system-clock.ts";

/** The log of a process, as the settings want it: pretty on a terminal and JSON elsewhere, unless they say otherwise. */
export function openLog({ name, log }: NodeSettings): CountingLog {
  const auto = process.stdout.isTTY ? "pretty" : "json";
  const format = log.format === "auto" ? auto : log.format;
  const written = new PinoLogger({ node: name, level: log.level, format });
  const opened = new CountingLog(new PacedLog(written, new SystemClock()));
  process.on("uncaughtExceptionMonitor", (err) => opened.fatal("node.failed", { err }));
  return opened;
}

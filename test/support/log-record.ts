import type { Logger } from "../../runtime/telemetry/logger.ts";

/** One line that was logged. */
export interface LogLine {
  readonly level: keyof Logger;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A logger that keeps what was logged, for a test to look at. */
export class LogRecord implements Logger {
  readonly lines: LogLine[] = [];

  debug(event: string, fields: LogLine["fields"] = {}): void {
    this.lines.push({ level: "debug", event, fields });
  }

  info(event: string, fields: LogLine["fields"] = {}): void {
    this.lines.push({ level: "info", event, fields });
  }

  warn(event: string, fields: LogLine["fields"] = {}): void {
    this.lines.push({ level: "warn", event, fields });
  }

  error(event: string, fields: LogLine["fields"] = {}): void {
    this.lines.push({ level: "error", event, fields });
  }

  fatal(event: string, fields: LogLine["fields"] = {}): void {
    this.lines.push({ level: "fatal", event, fields });
  }
}

import { pino } from "pino";
import type { DestinationStream, Logger as Pino } from "pino";
import { prettyFactory } from "pino-pretty";
import { EVENTS } from "./events.ts";
import type { EventName, LogLevel } from "./events.ts";
import type { LogFields, Logger } from "./logger.ts";

/** Names of fields that never reach a log, at the top of an event and one level below it. */
const SECRET_FIELDS = ["token", "secret", "password", "signature", "authorization", "cookie", "apiKey"];
const REDACTED = { paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`]), censor: "(hidden)" };

/** How and where events are written. */
export interface PinoLoggerOptions {
  /** The least grave event that is written. */
  readonly level: LogLevel;
  /** `pretty` for people, `json` for programs: one object a line. */
  readonly format: "pretty" | "json";
  /** The name of the node, part of each event. */
  readonly node: string;
  /** Where lines go; standard output unless given. */
  readonly to?: DestinationStream;
}

/** The logger of a running node. Lines are written before the call returns, so none is missing after a crash. */
export class PinoLogger implements Logger {
  readonly #pino: Pino;

  constructor(options: PinoLoggerOptions) {
    const to = options.to ?? pino.destination({ dest: 1, sync: true });
    const base = { node: options.node };
    this.#pino = pino(
      {
        level: options.level,
        base,
        messageKey: "event",
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        serializers: { err: pino.stdSerializers.err },
        redact: REDACTED,
      },
      options.format === "pretty" ? prettyStream(to) : to,
    );
  }

  debug(event: EventName, fields?: LogFields): void {
    this.#write(event, fields);
  }

  info(event: EventName, fields?: LogFields): void {
    this.#write(event, fields);
  }

  warn(event: EventName, fields?: LogFields): void {
    this.#write(event, fields);
  }

  error(event: EventName, fields?: LogFields): void {
    this.#write(event, fields);
  }

  fatal(event: EventName, fields?: LogFields): void {
    this.#write(event, fields);
  }

  /** The catalogue decides about the level, so that one event is never graver in one place than in another. */
  #write(event: EventName, fields: LogFields = {}): void {
    this.#pino[EVENTS[event].level](fields, event);
  }
}

/** Formats each line in place. The node's name is the same on each line of a terminal, so it is left out there. */
function prettyStream(to: DestinationStream): DestinationStream {
  const pretty = prettyFactory({
    messageKey: "event",
    translateTime: "SYS:HH:MM:ss.l",
    ignore: "node",
    singleLine: true,
    colorize: true,
  });
  return { write: (line) => to.write(pretty(line)) };
}

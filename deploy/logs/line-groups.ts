import type { Log, LogField, LogGroup } from "../../runtime/sls/log-group.ts";
import { NginxLine } from "./nginx-line.ts";
import type { LineParts } from "./nginx-line.ts";

/** A group is put when it has so many logs or so many bytes: far below what the service takes, and large enough to pack well. */
const LOGS_MAX = 1000;
const BYTES_MAX = 512 * 1024;
/** What is so old is not put: less than the 7 days of the service, so that a group can wait, in milliseconds. */
const OLDEST_MS = 7 * 86_400_000 - 600_000;
/** Neither is what lies so far ahead, in milliseconds. */
const NEWEST_MS = 900_000;
/** What a line is called of which nothing else is known, as the service's own agents call it. */
const LINE_KEY = "content";

/** Where lines come from, as the service writes it down. */
export interface LineOrigin {
  readonly topic: string;
  readonly source: string;
  readonly hostname: string;
}

/** Makes log groups of lines: an object of JSON becomes its fields, and so does a line as nginx writes it, with the time that it says; any other line is one field. Pure: time is given. */
export class LineGroups {
  readonly #origin: LineOrigin;
  readonly #nginx = new NginxLine();
  #logs: Log[] = [];
  #bytes = 0;
  #leftOut = 0;

  constructor(origin: LineOrigin) {
    this.#origin = origin;
  }

  /** How many lines were left out for their time: for one of them the service refuses its whole group. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** Takes a line; answers with a group when there is enough for one. `atMs` is now, and when it happened, unless the line says it. */
  add(line: string, atMs: number): LogGroup | undefined {
    if (line.trim() === "") return undefined;
    const parts = this.#partsOf(line, atMs);
    const ageMs = atMs - parts.atMs;
    if (ageMs > OLDEST_MS || ageMs < -NEWEST_MS) {
      this.#leftOut++;
      return undefined;
    }
    this.#logs.push({ seconds: Math.floor(parts.atMs / 1000), fields: parts.fields });
    this.#bytes += line.length;
    return this.#logs.length < LOGS_MAX && this.#bytes < BYTES_MAX ? undefined : this.take();
  }

  /** What has gathered; undefined when nothing has. */
  take(): LogGroup | undefined {
    const logs = this.#logs;
    this.#logs = [];
    this.#bytes = 0;
    const { topic, source, hostname } = this.#origin;
    return logs.length === 0 ? undefined : { topic, source, tags: [["__hostname__", hostname]], logs };
  }

  #partsOf(line: string, atMs: number): LineParts {
    const object = parseObject(line);
    if (object !== undefined) return { fields: fieldsOf(object), atMs };
    return this.#nginx.read(line) ?? { fields: [[LINE_KEY, line]], atMs };
  }
}

function fieldsOf(object: object): LogField[] {
  return Object.entries(object).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
}

function parseObject(line: string): object | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as object;
  } catch {
    return undefined;
  }
}

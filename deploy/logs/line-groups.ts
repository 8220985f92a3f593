import type { Log, LogField, LogGroup } from "../../runtime/sls/log-group.ts";

/** A group is put when it has so many logs or so many bytes: far below what the service takes, and large enough to pack well. */
const LOGS_MAX = 1000;
const BYTES_MAX = 512 * 1024;
/** What a line is called that is no JSON, as the service's own agents call it. */
const LINE_KEY = "content";

/** Where lines come from, as the service writes it down. */
export interface LineOrigin {
  readonly topic: string;
  readonly source: string;
  readonly hostname: string;
}

/** Makes log groups of lines: an object of JSON becomes its fields, any other line one field. Pure: time is given. */
export class LineGroups {
  readonly #origin: LineOrigin;
  #logs: Log[] = [];
  #bytes = 0;

  constructor(origin: LineOrigin) {
    this.#origin = origin;
  }

  /** Takes a line; answers with a group when there is enough for one. `atMs` is when it happened. */
  add(line: string, atMs: number): LogGroup | undefined {
    if (line.trim() === "") return undefined;
    this.#logs.push({ seconds: Math.floor(atMs / 1000), fields: fieldsOf(line) });
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
}

function fieldsOf(line: string): LogField[] {
  const object = parseObject(line);
  if (object === undefined) return [[LINE_KEY, line]];
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

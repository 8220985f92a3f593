import { COMBINED, NginxFormat } from "../../actors/logs/formats/nginx-format.ts";
import type { ScanLine } from "../../actors/logs/formats/line-format.ts";
import { RowSpans } from "../../actors/logs/row-spans.ts";
import type { LogField } from "../../runtime/sls/log-group.ts";

/** What a line says, and when it happened. */
export interface LineParts {
  readonly fields: LogField[];
  readonly atMs: number;
}

const NAMES = Array.from(COMBINED.matchAll(/\$(\w+)/g), ([, name = ""]) => name);

/** Takes lines apart that nginx has written in its usual format. */
export class NginxLine {
  readonly #scan: ScanLine = new NginxFormat(COMBINED).compile(NAMES);

  /** Undefined for a line that nginx does not write so. */
  read(line: string): LineParts | undefined {
    const bytes = Buffer.from(line);
    const row = new RowSpans(bytes, NAMES.length);
    if (!this.#scan(row, 0, bytes.length) || Number.isNaN(row.timeMs)) return undefined;
    const fields = NAMES.flatMap((name, field): LogField[] => {
      const start = row.starts[field] ?? -1;
      return start < 0 ? [] : [[name, bytes.toString("utf8", start, row.ends[field])]];
    });
    return { fields, atMs: row.timeMs };
  }
}

import type { Row } from "../../../runtime/counting/row.ts";
import { LogGroupScanner } from "../../../runtime/sls/log-group-scanner.ts";
import type { ScanResult } from "../../../runtime/sls/log-group-scanner.ts";
import { DerivedFields } from "../formats/derived-fields.ts";

/** Finds the wanted fields of all logs of a pull, also those that a log has under another name only. */
export class RowScanner {
  readonly fields: readonly string[];
  readonly #derived: DerivedFields;
  readonly #scanner: LogGroupScanner;

  constructor(fields: readonly string[]) {
    this.fields = fields;
    this.#derived = new DerivedFields(fields);
    this.#scanner = new LogGroupScanner(this.#derived.wanted);
  }

  scan(body: Uint8Array, visit: (row: Row) => void): ScanResult {
    return this.#scanner.scan(body, (row) => {
      this.#derived.fill(row);
      visit(row);
    });
  }
}

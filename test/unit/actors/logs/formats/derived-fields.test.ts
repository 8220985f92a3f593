import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DerivedFields } from "../../../../../actors/logs/formats/derived-fields.ts";
import { JsonLines } from "../../../../../actors/logs/formats/json-lines.ts";
import { RowSpans } from "../../../../../actors/logs/row-spans.ts";
import { RowScanner } from "../../../../../actors/logs/sls/row-scanner.ts";
import type { Row } from "../../../../../runtime/counting/row.ts";
import { encodeLogGroup, groupHead } from "../../../../../runtime/sls/encode-log-group.ts";

const FIELDS = ["uri", "request_method", "bytes_sent", "status"];
type Log = Readonly<Record<string, string>>;
const LOGS: readonly (readonly [Log, readonly (string | undefined)[]])[] = [
  [{ request_uri: "/a/b?c=d", status: "200" }, ["/a/b", undefined, undefined, "200"]],
  [{ request: "GET /x?y HTTP/1.1", body_bytes_sent: "17" }, ["/x", "GET", "17", undefined]],
  [
    { uri: "/own", request_uri: "/other", request: "PUT /third HTTP/1.1" },
    ["/own", "PUT", undefined, undefined],
  ],
  [
    { request: "POST /from-request HTTP/2", request_uri: "/better?q" },
    ["/better", "POST", undefined, undefined],
  ],
  [{ bytes_sent: "5", body_bytes_sent: "4" }, [undefined, undefined, "5", undefined]],
];

function valuesOf({ bytes, starts, ends }: Row): (string | undefined)[] {
  return FIELDS.map((_, field) => {
    const start = starts[field] as number;
    return start < 0 ? undefined : Buffer.from(bytes.subarray(start, ends[field])).toString();
  });
}

describe("fields that a record does not have, and says all the same", () => {
  it("are taken from those that it has, in lines of JSON", () => {
    const scan = new JsonLines("time").compile(FIELDS);
    for (const [log, expected] of LOGS) {
      const line = Buffer.from(JSON.stringify({ time: 1_700_000_000, ...log }));
      const row = new RowSpans(line, FIELDS.length);
      assert.equal(scan(row, 0, line.length), true);
      assert.deepEqual(valuesOf(row), expected, JSON.stringify(log));
    }
  });

  it("are taken from those that it has, in logs of SLS", () => {
    const logs = LOGS.map(([log]) => ({ seconds: 1_700_000_000, fields: Object.entries(log) }));
    const group = encodeLogGroup({ logs });
    const seen: (string | undefined)[][] = [];
    new RowScanner(FIELDS).scan(Buffer.concat([groupHead(group.length), group]), (row) => {
      seen.push(valuesOf(row));
    });
    assert.deepEqual(
      seen,
      LOGS.map(([, expected]) => expected),
    );
  });

  it("cost nothing where none of them is wanted", () => {
    assert.deepEqual(new DerivedFields(["status", "request_time"]).wanted, ["status", "request_time"]);
    assert.deepEqual(new DerivedFields(["request_uri", "uri"]).wanted, ["request_uri", "uri", "request"]);
  });
});

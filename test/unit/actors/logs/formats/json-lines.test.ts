import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { JsonLines } from "../../../../../actors/logs/formats/json-lines.ts";
import { readLine } from "../../../../support/read-row.ts";

const FIELDS = ["status", "route", "agent"];
const json = new JsonLines("time");
const read = (line: string, fields: readonly string[] = FIELDS) => readLine(json, line, fields);

describe("a line of JSON", () => {
  it("gives the fields that are wanted, in their order, and when it was", () => {
    const line = '{"route":"/a","time":1795360954570,"status":204,"more":{"status":1},"agent":"x"}';
    assert.deepEqual(read(line), { timeMs: 1_795_360_954_570, values: ["204", "/a", "x"] });
  });

  it("takes seconds, milliseconds, microseconds and ISO 8601 for a time", () => {
    for (const time of [
      "1795360954.570",
      "1795360954570",
      "1795360954570000",
      '"2026-11-22T15:22:34.570Z"',
    ]) {
      assert.equal(read(`{"time":${time}}`)?.timeMs, 1_795_360_954_570, time);
    }
    assert.equal(read('{"time":"2026-11-22T23:22:34+08:00"}')?.timeMs, 1_795_360_954_000);
  });

  it("has no time when it says none that can be read", () => {
    for (const line of ["{}", '{"time":null}', '{"time":"yesterday"}', '{"time":true}']) {
      assert.ok(Number.isNaN(read(line)?.timeMs), line);
    }
  });

  it("leaves out what is missing or null, and keeps false and 0", () => {
    assert.deepEqual(read('{"status":null,"route":false,"agent":0}')?.values, [undefined, "false", "0"]);
    assert.deepEqual(read("{}")?.values, [undefined, undefined, undefined]);
  });

  it("can give its time as a field, too", () => {
    assert.deepEqual(read('{"time":1795360954570}', ["time"])?.values, ["1795360954570"]);
  });

  it("cannot be read when it is cut off or no object", () => {
    const line = '{"status":200,"route":"/a\\"b","list":[1,{"x":"]"}],"agent":"y"}';
    assert.notEqual(read(line), undefined);
    for (let length = 0; length < line.length; length++) {
      assert.equal(read(line.slice(0, length)), undefined, line.slice(0, length));
    }
    for (const other of ["[]", "1", `${line}x`, '{"a" 1}', '{"a":1 "b":2}', "{,}"]) {
      assert.equal(read(other), undefined, other);
    }
  });

  it("gives what JSON.parse gives, whatever stands in it", () => {
    const value = fc.oneof(fc.string({ unit: "binary" }), fc.integer(), fc.boolean());
    const record = fc.record({ status: value, route: value, agent: value, time: fc.constant(1) });
    const noise = fc.dictionary(fc.stringMatching(/^n[a-z]*$/), fc.jsonValue());
    const spaces = fc.constantFrom(0, 1, 2);
    fc.assert(
      fc.property(record, noise, spaces, (wanted, other, indent) => {
        const line = JSON.stringify({ ...other, ...wanted }, undefined, indent).replaceAll("\n", " ");
        const parsed = JSON.parse(line) as Record<string, unknown>;
        assert.deepEqual(
          read(line)?.values,
          // Half a pair of surrogates has no bytes of its own.
          FIELDS.map((field) => Buffer.from(String(parsed[field])).toString()),
        );
      }),
    );
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { COMBINED, NginxFormat, UnfitFormat } from "../../../../../actors/logs/formats/nginx-format.ts";
import { readLine } from "../../../../support/read-row.ts";

const LINE =
  '10.0.0.7 - - [22/Nov/2026:23:22:34 +0800] "GET /a/b?q=1 HTTP/1.1" 304 0 "https://x.example/" "Mozilla/5.0 (X11)"';
const AT_MS = Date.UTC(2026, 10, 22, 15, 22, 34);

describe("a line of nginx in its own format", () => {
  const combined = new NginxFormat(COMBINED);
  const read = (line: string, ...fields: string[]) => readLine(combined, line, fields);

  it("gives its variables and when it was, in the zone that it names", () => {
    assert.deepEqual(read(LINE, "status", "remote_addr", "http_user_agent", "time_local"), {
      timeMs: AT_MS,
      values: ["304", "10.0.0.7", "Mozilla/5.0 (X11)", "22/Nov/2026:23:22:34 +0800"],
    });
  });

  it("gives method and path of what was asked for, which stand in one variable", () => {
    const fields = ["request_method", "request_uri", "uri", "server_protocol", "bytes_sent"];
    assert.deepEqual(read(LINE, ...fields)?.values, ["GET", "/a/b?q=1", "/a/b", "HTTP/1.1", "0"]);
  });

  it("gives what there is of a request that is none", () => {
    const odd = LINE.replace("GET /a/b?q=1 HTTP/1.1", String.raw`\x16\x03`);
    const fields = ["request_method", "request_uri", "uri"];
    assert.deepEqual(read(odd, ...fields)?.values, [String.raw`\x16\x03`, undefined, undefined]);
  });

  it("leaves out what nginx writes as a hyphen, and what it does not write", () => {
    assert.deepEqual(read(LINE, "remote_user", "request_time")?.values, [undefined, undefined]);
  });

  it("cannot be read when it is cut off, or of another format", () => {
    for (const line of [
      LINE.slice(0, -1),
      LINE.slice(0, 40),
      "",
      `${LINE} 0.001`,
      `x${LINE.slice(9)}`,
      LINE.replace(/\[.*\]/, "[-]"),
    ]) {
      assert.equal(read(line, "status"), undefined, line);
    }
  });

  it("has no time when that cannot be read", () => {
    for (const odd of ["22/Nox/2026:23:22:34 +0800", "22/Nov/2026:23:22:34 08000"]) {
      const line = LINE.replace(/\[.*\]/, `[${odd}]`);
      assert.ok(Number.isNaN(read(line, "status")?.timeMs), odd);
    }
  });
});

describe("a log_format of one's own", () => {
  it("is read by the words of nginx, braces and all", () => {
    const format = new NginxFormat("$msec|${status}|$request_time|$host/$uri");
    const fields = ["host", "uri", "request_time", "status"];
    assert.deepEqual(readLine(format, "1795360954.570|200|0.012|a.example//x", fields), {
      timeMs: 1_795_360_954_570,
      values: ["a.example", "/x", "0.012", "200"],
    });
  });

  it("prefers the exactest time that it has", () => {
    const format = new NginxFormat("$time_local $time_iso8601 $msec end");
    const line = "22/Nov/2026:15:22:30 +0000 2026-11-22T15:22:31+00:00 1795360954.570 end";
    assert.equal(readLine(format, line, [])?.timeMs, 1_795_360_954_570);
    const coarse = new NginxFormat("[$time_iso8601]");
    assert.equal(readLine(coarse, "[2026-11-22T23:22:34+08:00]", [])?.timeMs, AT_MS);
  });

  it("is refused when nobody could read it", () => {
    const refusal = (format: string): string => {
      try {
        return `${typeof new NginxFormat(format)} is fit`;
      } catch (error) {
        assert.ok(error instanceof UnfitFormat);
        return error.message;
      }
    };
    assert.match(refusal("$status $request"), /not when it was: it needs one of \$msec/);
    assert.match(refusal("$msec $status$host"), /nothing between \$status and \$host/);
    assert.match(refusal("plain"), /names no variable/);
  });
});

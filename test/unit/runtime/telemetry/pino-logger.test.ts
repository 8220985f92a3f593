import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { PinoLogger } from "../../../../runtime/telemetry/pino-logger.ts";
import type { PinoLoggerOptions } from "../../../../runtime/telemetry/pino-logger.ts";

function recorded(options: Partial<PinoLoggerOptions> = {}): { log: PinoLogger; lines: string[] } {
  const lines: string[] = [];
  const to = { write: (line: string) => void lines.push(line) };
  return { log: new PinoLogger({ level: "info", format: "json", node: "elm", to, ...options }), lines };
}

describe("the log", () => {
  it("writes an event with its level, its node and its fields, one object a line", () => {
    const { log, lines } = recorded();
    log.info("listener.opened", { listener: "web", port: 9501 });
    const { time, ...event } = JSON.parse(lines[0] ?? "") as Record<string, unknown>;
    assert.match(String(time), /^\d{4}-\d\d-\d\dT/);
    assert.deepEqual(event, {
      level: "info",
      node: "elm",
      event: "listener.opened",
      listener: "web",
      port: 9501,
    });
  });

  it("hides secrets by the name of their field, one level deep too", () => {
    const { log, lines } = recorded();
    log.warn("push.refused", {
      token: "abc-1",
      request: { authorization: "abc-2", signature: "abc-3" },
      keyId: "local",
    });
    assert.doesNotMatch(lines.join(""), /abc/);
    assert.match(lines.join(""), /"token":"\(hidden\)".*"keyId":"local"/);
  });

  it("leaves out what is less grave than its level", () => {
    const { log, lines } = recorded({ level: "warn" });
    log.info("node.started");
    log.debug("connection.opened");
    log.warn("push.refused");
    assert.equal(lines.length, 1);
  });

  it("keeps the message and the stack of an error", () => {
    const { log, lines } = recorded();
    log.error("request.failed", { err: new RangeError("seven is too many") });
    const { err } = JSON.parse(lines[0] ?? "") as { err: Record<string, string> };
    assert.equal(err["type"], "RangeError");
    assert.match(err["stack"] ?? "", /seven is too many\n {4}at /);
  });

  it("is one readable line a event on a terminal", () => {
    const { log, lines } = recorded({ format: "pretty" });
    log.info("listener.opened", { listener: "web" });
    assert.equal(lines.length, 1);
    assert.match(
      stripVTControlCharacters(lines[0] ?? ""),
      /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: listener\.opened \{"listener":"web"\}\n$/,
    );
  });
});

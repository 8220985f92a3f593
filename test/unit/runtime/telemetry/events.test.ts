import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { CountingLog } from "../../../../runtime/telemetry/counting-log.ts";
import { EVENTS } from "../../../../runtime/telemetry/events.ts";
import type { EventName } from "../../../../runtime/telemetry/events.ts";
import { SILENT } from "../../../../runtime/telemetry/silent-log.ts";

const ROOT = fileURLToPath(new URL("../../../../..", import.meta.url));

function logged(folder: string): string[] {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  const texts = files.map((file) => readFileSync(join(ROOT, folder, file), "utf8"));
  return texts.flatMap((text) =>
    [...text.matchAll(/\blog\.\w+\(\s*"([\w.]+)"/g)].map(([, event = ""]) => event),
  );
}

describe("the catalogue of events", () => {
  it("lists no event that nothing logs", () => {
    const used = new Set(["runtime", "actors", "deploy"].flatMap(logged));
    assert.ok(used.size > 0, "no event was seen, so nothing is proved");
    assert.deepEqual(
      Object.keys(EVENTS).filter((event) => !used.has(event)),
      [],
    );
  });

  it("says of each event what it means", () => {
    for (const [event, { doc }] of Object.entries(EVENTS)) assert.ok(doc.length > 10, event);
  });
});

describe("the counting log", () => {
  it("counts every event, also what is not written, and passes it on at its level", () => {
    const passed: string[] = [];
    const next = {
      ...SILENT,
      warn: (event: EventName) => passed.push(event),
      debug: (event: EventName) => passed.push(event),
    };
    const log = new CountingLog(next);
    log.warn("push.refused", { code: "missing" });
    log.debug("connection.opened");
    log.debug("connection.opened");
    assert.deepEqual(passed, ["push.refused", "connection.opened", "connection.opened"]);
    assert.deepEqual(
      [...log.counts],
      [
        ["push.refused", 1],
        ["connection.opened", 2],
      ],
    );
  });

  it("tells listeners of every event, with its fields, from when they began to listen", () => {
    const log = new CountingLog(SILENT);
    const heard: string[] = [];
    log.info("node.started");
    log.listen((event, fields) => heard.push(`${event} ${JSON.stringify(fields)}`));
    log.warn("push.refused", { code: "missing" });
    log.debug("connection.opened");
    assert.deepEqual(heard, ['push.refused {"code":"missing"}', "connection.opened {}"]);
  });
});

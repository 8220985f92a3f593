import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { EXIT_CODES } from "../../../deploy/refusal.ts";
import { loadSettings } from "../../../deploy/settings.ts";

const unit = readFileSync(new URL("../../../../deploy/systemd/banyan.service", import.meta.url), "utf8");
const lines = unit.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
const defaults = loadSettings({ folder: "/nowhere", environment: {}, flags: [] });

/** The value of a setting of the unit, which stands there once. */
function valueOf(name: string): string {
  const found = lines.filter((line) => line.startsWith(`${name}=`));
  assert.equal(found.length, 1, name);
  return found[0]?.slice(name.length + 1) ?? "";
}

describe("the systemd unit", () => {
  it("consists of sections and assignments", () => {
    for (const line of lines) assert.match(line, /^(\[(Unit|Service|Install)\]|[A-Z]\w*=\S.*)$/);
  });

  it("gives the host time to stop its workers, and asks the host alone", () => {
    const hostGraceMs = 5_000;
    assert.ok(Number(valueOf("TimeoutStopSec")) * 1_000 >= defaults.stopWithinMs + hostGraceMs);
    assert.equal(valueOf("KillMode"), "mixed");
  });

  it("starts the host again, but not where that would be refused again", () => {
    assert.equal(valueOf("Restart"), "on-failure");
    assert.equal(valueOf("RestartPreventExitStatus"), `${EXIT_CODES.usage} ${EXIT_CODES.settings}`);
  });

  it("leaves a worker that the kernel has killed to the host", () => {
    assert.equal(valueOf("OOMPolicy"), "continue");
  });

  it("allows as many files as there may be connections", () => {
    assert.ok(Number(valueOf("LimitNOFILE")) > defaults.limits.connections + 100);
  });

  it("starts and reloads the same node", () => {
    const [start, reload] = [valueOf("ExecStart"), valueOf("ExecReload")];
    assert.equal(reload, start.replace(" start ", " reload "));
    assert.ok(start.includes(`--data-dir ${valueOf("WorkingDirectory")}`));
  });
});

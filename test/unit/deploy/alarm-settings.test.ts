import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { loadSettings } from "../../../deploy/settings.ts";
import type { NodeSettings } from "../../../protocols/settings.ts";

function load(yaml: string, environment: Readonly<Record<string, string>> = {}): NodeSettings["alarms"] {
  const folder = mkdtempSync(join(tmpdir(), "banyan-settings-"));
  try {
    writeFileSync(join(folder, "banyan.yaml"), yaml);
    return loadSettings({ folder, environment, flags: [] }).alarms;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const HOOK = `alarms:
  channels:
    - { name: night-shift, kind: webhook, url: "https://example.com/?key=top-secret" }
  routes: { critical: [log, night-shift] }
`;

describe("the settings of alarms in a file", () => {
  it("go to the log alone unless somebody says more", () => {
    const { channels, routes, escalation } = load("name: elm\n");
    assert.deepEqual(channels, []);
    assert.deepEqual(routes, { notice: ["log"], warning: ["log"], critical: ["log"] });
    assert.deepEqual(escalation, []);
  });

  it("take a secret from the environment, so that it need not stand in the file", () => {
    const { channels } = load(HOOK, { BANYAN_ALARMS_CHANNELS_NIGHT_SHIFT_SECRET: "a secret of a test" });
    assert.equal(channels[0]?.secret, "a secret of a test");
  });

  it("are refused with file and line, and without the secret", () => {
    const refusal = (yaml: string) => {
      try {
        load(yaml);
      } catch (error) {
        return (error as Error).message;
      }
      throw new assert.AssertionError({ message: "the settings were accepted" });
    };
    assert.match(refusal(HOOK), /banyan\.yaml:3.*channels\[0\]\.secret is missing; channel night-shift/);
    const short = refusal(HOOK.replace('key=top-secret" }', 'key=top-secret", secret: "short" }'));
    assert.match(short, /secret is not acceptable \(not shown, it is secret\); expected a text of 8 to 512/);
    const wrong = refusal(HOOK.replace("https:", "top-secret:"));
    assert.match(wrong, /url is not acceptable \(not shown, it is secret\); expected an address/);
    for (const text of [short, wrong]) assert.doesNotMatch(text, /top-secret|short"/);
  });
});

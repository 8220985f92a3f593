import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Refusal } from "../../../deploy/refusal.ts";
import { loadSettings } from "../../../deploy/settings.ts";
import type { SettingsSources } from "../../../deploy/settings.ts";
import type { NodeSettings } from "../../../protocols/settings.ts";

type Given = Partial<Omit<SettingsSources, "folder">> & { yaml?: string };

function load({ yaml, ...sources }: Given = {}): NodeSettings {
  const folder = mkdtempSync(join(tmpdir(), "banyan-settings-"));
  try {
    if (yaml !== undefined) writeFileSync(join(folder, "banyan.yaml"), yaml);
    return loadSettings({ folder, environment: {}, flags: [], ...sources });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function refusalOf(given: Given): string {
  try {
    load(given);
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    assert.equal(error.exitCode, 78);
    return error.message;
  }
  throw new assert.AssertionError({ message: "the settings were accepted" });
}

const flag = (dotted: string, text: string) => ({ dotted, text, flag: `--set ${dotted}` });

describe("settings", () => {
  it("are all there when nothing is configured", () => {
    const settings = load();
    assert.equal(settings.limits.frameBytes, 65_536);
    assert.deepEqual(
      settings.listeners.map(({ port }) => port),
      [9501, 9502, 9503],
    );
    assert.equal(settings.ops.token, undefined);
    assert.match(settings.dataDir, /^\/.*\/\.banyan$/);
  });

  it("prefer the file to the default, the environment to the file, and the flag to both", () => {
    const yaml = "limits:\n  frameBytes: 1000\n  burst: 7\nstopWithinMs: 5\n";
    const environment = { BANYAN_LIMITS_FRAME_BYTES: "2000", BANYAN_STOP_WITHIN_MS: "6" };
    const settings = load({ yaml, environment, flags: [flag("stopWithinMs", "7")] });
    assert.deepEqual(
      [settings.limits.burst, settings.limits.frameBytes, settings.stopWithinMs],
      [7, 2000, 7],
    );
    assert.equal(settings.limits.subscriptions, 100);
  });

  it("address a listener by its name", () => {
    const settings = load({
      environment: { BANYAN_LISTENERS_WEB_PORT: "0" },
      flags: [flag("listeners.line.port", "99")],
    });
    assert.deepEqual(
      settings.listeners.map(({ port }) => port),
      [0, 9502, 99],
    );
  });

  it("take a new list before its entries, in whatever order they are given", () => {
    const environment = {
      BANYAN_LISTENERS_IN_SIDE_PORT: "2",
      BANYAN_LISTENERS: "[{name: in-side, kind: http, port: 1}]",
    };
    assert.deepEqual(
      load({ environment }).listeners.map(({ name, port }) => [name, port]),
      [["in-side", 2]],
    );
  });

  it("let a flag name a listener that the environment has brought", () => {
    const settings = load({
      environment: { BANYAN_LISTENERS: "[{name: inside, kind: http, port: 1}]" },
      flags: [flag("listeners.inside.port", "2")],
    });
    assert.deepEqual(settings.listeners, [{ name: "inside", kind: "http", host: "127.0.0.1", port: 2 }]);
  });

  it("take a list of texts with commas", () => {
    const { origins } = load({
      environment: { BANYAN_ORIGINS: "https://a.example, https://b.example:8443" },
    });
    assert.deepEqual(origins, ["https://a.example", "https://b.example:8443"]);
  });

  it("take an emptied group and an emptied setting as not set", () => {
    const settings = load({ yaml: "limits:\nops:\n  port:\n" });
    assert.deepEqual([settings.limits.burst, settings.ops.port], [200, 9510]);
  });

  it("ignore what Kubernetes says about a service of the same name", () => {
    const environment = {
      BANYAN_SERVICE_HOST: "10.0.0.1",
      BANYAN_SERVICE_PORT_WEB: "9501",
      BANYAN_PORT: "tcp://10.0.0.1:9501",
      BANYAN_PORT_9501_TCP_ADDR: "10.0.0.1",
    };
    assert.equal(load({ environment }).name, "banyan");
  });
});

describe("a refused setting", () => {
  it("names file, line and column, and what was probably meant", () => {
    const text = refusalOf({ yaml: "limits:\n  burst: 3\n  frameByte: 1000\n" });
    assert.match(text, /banyan\.yaml:3:3: limits\.frameByte is not a setting, did you mean frameBytes\?/);
    assert.match(text, /known here: frameBytes, messagesPerSecond/);
  });

  it("names what was found and what is allowed", () => {
    const text = refusalOf({ yaml: "ops: { port: 95100 }\nlog:\n  level: wran\n" });
    assert.match(text, /banyan\.yaml:1:14: ops\.port is 95100; expected a whole number from 0 to 65535/);
    assert.match(
      text,
      /banyan\.yaml:3:10: log\.level is "wran"; expected one of debug, info, .*, did you mean warn\?/,
    );
  });

  it("points at the entry of a list that is wrong", () => {
    const text = refusalOf({
      yaml: "listeners:\n  - { name: web, kind: http, port: 1 }\n  - name: web\n    kind: tcp\n    port: 2\n",
    });
    assert.match(text, /banyan\.yaml:3:11: listeners\[1\]\.name is "web" a second time/);
    assert.match(
      text,
      /banyan\.yaml:3:5: listeners\[1\]\.framing is missing; TCP listener web needs one of length, line/,
    );
    assert.match(text, /listeners\[1\]\.routes is missing; TCP listener web needs at least one route/);
  });

  it("points at the line where the file is no YAML, or says a name twice", () => {
    assert.match(refusalOf({ yaml: "name: a\nops: [1, 2\n" }), /banyan\.yaml:[23]:\d+: /);
    assert.match(refusalOf({ yaml: "name: a\nname: b\n" }), /banyan\.yaml:2:1: .*unique/);
    assert.match(
      refusalOf({ yaml: "- name\n" }),
      /banyan\.yaml:1:1: the file is a list; expected a group of settings/,
    );
  });

  it("names the variable of the environment", () => {
    assert.match(
      refusalOf({ environment: { BANYAN_OPS_PORT: "abc" } }),
      /environment: BANYAN_OPS_PORT: ops\.port is "abc"; expected a whole number/,
    );
    assert.match(
      refusalOf({ environment: { BANYAN_OPS_PROT: "1" } }),
      /environment: BANYAN_OPS_PROT is not a setting, did you mean BANYAN_OPS_PORT\?/,
    );
  });

  it("names the flag", () => {
    assert.match(
      refusalOf({ flags: [{ dotted: "ops.port", text: "-1", flag: "--ops-port" }] }),
      /flag --ops-port: ops\.port is -1; expected/,
    );
    assert.match(
      refusalOf({ flags: [flag("host.silentAfterMs", "2999")] }),
      /host\.silentAfterMs is 2999; expected a whole number from 3000 to/,
    );
    assert.match(
      refusalOf({ flags: [flag("limit.burst", "3")] }),
      /flag --set limit\.burst is not a setting, did you mean limits\.burst\?/,
    );
  });

  it("never repeats a secret", () => {
    const text = refusalOf({ yaml: "ops: { token: short }\n", environment: {} });
    assert.match(
      text,
      /ops\.token is not acceptable \(not shown, it is secret\); expected a text of 16 to 512/,
    );
    assert.doesNotMatch(text, /short/);
  });

  it("asks for quotes around a text that YAML reads as a number", () => {
    assert.match(
      refusalOf({ yaml: "dataDir: 2026\n" }),
      /dataDir is 2026; expected a text \(put it in quotes\)/,
    );
  });

  it("is an operators' port that others reach, without a token", () => {
    assert.match(
      refusalOf({ yaml: "ops:\n  host: 0.0.0.0\n" }),
      /banyan\.yaml:2:9: ops\.host is 0\.0\.0\.0, which other machines reach; set ops\.token/,
    );
    assert.equal(load({ yaml: "ops: { host: 0.0.0.0, token: abcdefgh12345678 }\n" }).ops.host, "0.0.0.0");
    assert.equal(load({ yaml: "ops: { host: '::1' }\n" }).ops.host, "::1");
  });

  it("is a port that two listeners share", () => {
    assert.match(
      refusalOf({ environment: { BANYAN_OPS_PORT: "9501" } }),
      /BANYAN_OPS_PORT: ops\.port is 9501, and listener web has that port already/,
    );
    assert.equal(
      load({ yaml: "ops: { port: 0 }\nlisteners: [{ name: a, kind: http, port: 0 }]" }).ops.port,
      0,
    );
  });

  it("is a frame larger than what may wait for a reader", () => {
    assert.match(
      refusalOf({ yaml: "limits: { outboundBytes: 1000 }" }),
      /limits\.outboundBytes is 1000, less than/,
    );
  });

  it("is a file that was named and is not there", () => {
    assert.match(refusalOf({ file: "other.yaml" }), /other\.yaml cannot be read: there is no such file/);
  });

  it("is a list that is no list, also beside an override of one of its entries", () => {
    const environment = { BANYAN_LISTENERS: "nonsense" };
    assert.match(refusalOf({ environment }), /BANYAN_LISTENERS: listeners is "nonsense"; expected a list/);
    assert.match(
      refusalOf({ environment: { ...environment, BANYAN_LISTENERS_WEB_PORT: "1" } }),
      /BANYAN_LISTENERS_WEB_PORT is not a setting/,
    );
  });
});

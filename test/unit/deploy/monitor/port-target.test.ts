import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { describe, it } from "node:test";
import { namedTarget, nodeTargets } from "../../../../deploy/monitor/port-target.ts";
import { Refusal } from "../../../../deploy/refusal.ts";
import { loadSettings } from "../../../../deploy/settings.ts";

const settingsWith = (...flags: string[]) =>
  loadSettings({
    folder: tmpdir(),
    environment: {},
    flags: flags.map((dotted) => ({ dotted, text: "0", flag: dotted })),
  });

describe("the ports that a monitor looks at", () => {
  it("are those of the settings until a node has said where it is", () => {
    assert.deepEqual(nodeTargets(settingsWith(), undefined), [
      { name: "web", url: "http://127.0.0.1:9501" },
      { name: "length", url: "tcp://127.0.0.1:9502", framing: "length" },
      { name: "line", url: "tcp://127.0.0.1:9503", framing: "line" },
      { name: "ops", url: "http://127.0.0.1:9510/healthz" },
    ]);
  });

  it("are those that the node has said", () => {
    const announced = {
      pid: 1,
      workers: [],
      opsUrl: "http://127.0.0.1:7000",
      listeners: { web: "http://127.0.0.1:7001" },
    };
    const [web, , , ops] = nodeTargets(settingsWith(), announced);
    assert.deepEqual([web?.url, ops?.url], ["http://127.0.0.1:7001", "http://127.0.0.1:7000/healthz"]);
  });

  it("leave out a port that nobody knows", () => {
    const targets = nodeTargets(settingsWith("listeners.web.port", "ops.port"), undefined);
    assert.deepEqual(
      targets.map(({ name }) => name),
      ["length", "line"],
    );
  });

  it("may be named one by one", () => {
    const url = "tcp://10.0.0.7:9503";
    assert.deepEqual(namedTarget(url), { name: url, url });
    for (const wrong of ["tcp://10.0.0.7", "10.0.0.7:80", "ftp://x:1", "x"]) {
      assert.throws(() => namedTarget(wrong), Refusal, wrong);
    }
  });
});

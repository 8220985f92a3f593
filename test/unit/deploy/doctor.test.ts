import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { openDataDirectory } from "../../../deploy/data-directory.ts";
import {
  checkClock,
  checkFileLimit,
  checkNodeVersion,
  checkTestPrograms,
} from "../../../deploy/doctor/machine.ts";
import { checkDataDirectory, checkPorts } from "../../../deploy/doctor/node-place.ts";
import { announceNode } from "../../../deploy/running-node.ts";
import { loadSettings } from "../../../deploy/settings.ts";

const root = mkdtempSync(join(tmpdir(), "banyan-doctor-"));
after(() => rmSync(root, { recursive: true }));

describe("the doctor", () => {
  it("knows which Node is too old", () => {
    assert.equal(checkNodeVersion("v20.19.0").level, "ok");
    assert.equal(checkNodeVersion("v24.1.0").level, "ok");
    assert.equal(checkNodeVersion("v20.18.3").level, "fail");
    assert.equal(checkNodeVersion("v18.20.0").level, "fail");
  });

  it("compares the open files that are allowed with the connections that may come", () => {
    const limits = (soft: string) =>
      `Limit\nMax open files            ${soft}                20000                files\n`;
    assert.equal(checkFileLimit(limits("20000"), 10_000).level, "ok");
    assert.equal(checkFileLimit(limits("unlimited"), 10_000).level, "ok");
    const finding = checkFileLimit(limits("1024"), 10_000);
    assert.equal(finding.level, "warn");
    assert.match(finding.advice ?? "", /ulimit -n 10100/);
    assert.equal(checkFileLimit(undefined, 10_000).level, "ok");
  });

  it("doubts a clock from before the program was written", () => {
    assert.equal(checkClock(0).level, "fail");
    assert.match(checkClock(Date.UTC(2027, 1, 1), "/no/such/mark").text, /2027-02-01T00:00:00Z, whether/);
  });

  it("says which packages the tests need", () => {
    assert.match(checkTestPrograms("/no/such/folder").advice ?? "", /apt-get install .*chromium/);
  });

  it("looks at the data directory without making it", () => {
    const path = join(root, "not", "there");
    assert.deepEqual(checkDataDirectory(path), {
      level: "ok",
      subject: "data directory",
      text: `${path} will be made`,
    });
    assert.equal(checkDataDirectory(path).text, `${path} will be made`);
  });

  it("refuses the data directory of a newer version", () => {
    const path = join(root, "newer");
    openDataDirectory(path);
    assert.match(checkDataDirectory(path).text, /, version 1$/);
    writeFileSync(join(path, "version"), "9");
    assert.match(checkDataDirectory(path).text, /has version 9, and this banyan knows up to 1/);
  });

  it("names the port that is in use, and its listener", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const settings = loadSettings({
      folder: join(root, "ports"),
      environment: {},
      flags: ["listeners.web.port", "listeners.length.port", "ops.port"]
        .map((dotted) => ({ dotted, text: "0", flag: "" }))
        .concat({ dotted: "listeners.line.port", text: String(port), flag: "" }),
    });
    const findings = await checkPorts(settings);
    server.close();
    assert.deepEqual(
      findings.map(({ level }) => level),
      ["ok", "ok", "fail", "ok"],
    );
    assert.match(findings[2]?.text ?? "", new RegExp(`127\\.0\\.0\\.1:${port} is in use`));
    assert.match(findings[2]?.advice ?? "", /--set listeners\.line\.port=0/);
  });

  it("does not count the ports of the node that runs on this data directory", async () => {
    const settings = loadSettings({ folder: join(root, "running"), environment: {}, flags: [] });
    announceNode(openDataDirectory(settings.dataDir), {
      pid: process.pid,
      workers: [],
      opsUrl: "",
      listeners: {},
    });
    assert.match((await checkPorts(settings))[0]?.text ?? "", /in use by the node that is running/);
  });
});

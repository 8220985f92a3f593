import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { banyan, workplace } from "../support/node-process.ts";
import type { Workplace } from "../support/node-process.ts";

let place: Workplace;
beforeEach(() => {
  place = workplace();
});
afterEach(() => place.remove());

const configure = (yaml: string) => writeFileSync(join(place.folder, "banyan.yaml"), yaml);

describe("banyan start refuses", () => {
  it("a typo in the settings, with the line to change", async () => {
    configure("name: elm\nlimits:\n  frameByts: 1000\n");
    const { code, stdout, stderr } = await banyan(place.folder, ["start"]);
    assert.equal(code, 78);
    assert.match(stderr, /banyan\.yaml:3:3: limits\.frameByts is not a setting, did you mean frameBytes\?/);
    assert.equal(stdout, "");
    assert.doesNotMatch(stderr, /\n\s+at /, "a refusal shows no stack");
  });

  it("a wrong value, wherever it comes from", async () => {
    const environment = { BANYAN_LIMITS_BURST: "many" };
    assert.match(
      (await banyan(place.folder, ["start"], environment)).stderr,
      /BANYAN_LIMITS_BURST: limits\.burst is "many"/,
    );
    const { code, stderr } = await banyan(place.folder, ["start", "--ops-port", "http"]);
    assert.equal(code, 78);
    assert.match(stderr, /flag --ops-port: ops\.port is "http"; expected a whole number from 0 to 65535/);
  });

  it("a port that is in use, with the listener and the port", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const { port } = taken.address() as AddressInfo;
    const free = ["web", "length"].flatMap((name) => ["--set", `listeners.${name}.port=0`]);
    const words = ["start", ...free, "--ops-port", "0", "--set", `listeners.line.port=${port}`];
    const { code, stderr } = await banyan(place.folder, words);
    taken.close();
    assert.equal(code, 69);
    assert.match(stderr, new RegExp(`port ${port} of listener line \\(127\\.0\\.0\\.1\\) is in use`));
    assert.match(stderr, /--set listeners\.line\.port=0 takes any free one/);
  });

  it("a port of the operators that is in use", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const { port } = taken.address() as AddressInfo;
    const free = ["web", "length", "line"].flatMap((name) => ["--set", `listeners.${name}.port=0`]);
    const { code, stderr } = await banyan(place.folder, ["start", ...free, "--ops-port", String(port)]);
    taken.close();
    assert.equal(code, 69);
    assert.match(stderr, new RegExp(`port ${port} of listener ops .*--set ops\\.port=`));
  });

  it("a listener with a route that does not exist, or that takes no connections", async () => {
    configure("listeners: [{ name: web, kind: http, port: 0, routes: [/chatrom] }]\nops: { port: 0 }\n");
    const { code, stderr } = await banyan(place.folder, ["start"]);
    assert.equal(code, 78);
    assert.match(
      stderr,
      /listener web names the route \/chatrom; a listener of kind http may have .*\/chatroom/,
    );
    configure(
      "listeners: [{ name: raw, kind: tcp, framing: line, port: 0, routes: [/chatroom/push] }]\nops: { port: 0 }\n",
    );
    assert.match(
      (await banyan(place.folder, ["start"])).stderr,
      /listener raw names the route \/chatroom\/push; a listener of kind tcp/,
    );
  });

  it("an address that this machine does not have", async () => {
    configure("listeners: [{ name: web, kind: http, host: 192.0.2.1, port: 0 }]\nops: { port: 0 }\n");
    const { code, stderr } = await banyan(place.folder, ["start"]);
    assert.equal(code, 69);
    assert.match(stderr, /a port cannot be opened: .*EADDRNOTAVAIL.*192\.0\.2\.1/);
  });

  it("the data directory of a newer version, and leaves it as it is", async () => {
    configure("dataDir: data\n");
    const { code, stderr } = await startOn("data", "9\n");
    assert.equal(code, 78);
    assert.match(stderr, /data has version 9, and this banyan knows versions up to 1/);
  });

  it("operators' calls from other machines without a token", async () => {
    const { code, stderr } = await banyan(place.folder, ["start", "--set", "ops.host=0.0.0.0"]);
    assert.equal(code, 78);
    assert.match(
      stderr,
      /flag --set ops\.host: ops\.host is 0\.0\.0\.0, which other machines reach; set ops\.token/,
    );
  });
});

async function startOn(folder: string, version: string) {
  mkdirSync(join(place.folder, folder));
  writeFileSync(join(place.folder, folder, "version"), version);
  return banyan(place.folder, ["start"]);
}

describe("banyan", () => {
  it("explains itself, each command, and its exit codes", async () => {
    const { code, stdout } = await banyan(place.folder, ["--help"]);
    assert.equal(code, 0);
    const commands = ["start", "tree", "doctor", "push", "settings", "top", "why", "beats", "stalls"];
    commands.push("quarantine", "trace", "memory", "processes", "ps", "act", "audit");
    for (const command of commands) {
      assert.match(stdout, new RegExp(`^ {2}${command}\\b`, "m"));
    }
    assert.match(stdout, /Exit codes: 0 done, 1 failed, 2 wrong command line, 69 port in use/);
  });

  it("refuses an unknown command and an unknown flag with a suggestion", async () => {
    const command = await banyan(place.folder, ["strat"]);
    assert.deepEqual([command.code, command.stdout], [2, ""]);
    assert.match(command.stderr, /unknown command 'strat'\s+\(Did you mean start\?\)/);
    const flag = await banyan(place.folder, ["start", "--prot", "1"]);
    assert.equal(flag.code, 2);
    assert.match(flag.stderr, /unknown option '--prot'\s+\(Did you mean --port\?\)/);
  });

  it("says its version", async () => {
    const { code, stdout } = await banyan(place.folder, ["--version"]);
    assert.equal(code, 0);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  });

  it("says that no node runs on the data directory, and not only that a port is silent", async () => {
    mkdirSync(join(place.folder, ".banyan"));
    writeFileSync(join(place.folder, ".banyan", "ops-token"), "token\n");
    const listener = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => listener.once("listening", resolve));
    const { port } = listener.address() as AddressInfo;
    await new Promise((resolve) => listener.close(resolve));
    configure(`ops: { port: ${port} }\n`);
    const { code, stderr } = await banyan(place.folder, ["tree"]);
    assert.equal(code, 69, stderr);
    assert.match(
      stderr,
      new RegExp(
        `no node runs on the data directory \\S*\\.banyan, and none answers at http://127\\.0\\.0\\.1:${port};`,
      ),
    );
  });

  it("prints settings that it accepts itself", async () => {
    const { stdout } = await banyan(place.folder, ["settings"]);
    configure(stdout);
    const { code, stderr } = await banyan(place.folder, ["tree"]);
    assert.equal(code, 69, stderr);
    assert.match(stderr, /there is no operators' token in .*\.banyan/);
  });
});

describe("banyan doctor", () => {
  it("says what is well and what must be done first", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const { port } = taken.address() as AddressInfo;
    // Whoever uses the ports of the default settings on this machine is no concern of this test.
    configure("listeners: [{ name: web, kind: http, port: 0 }]\nops: { port: 0 }\n");
    const { code, stdout } = await banyan(place.folder, ["doctor", "--port", String(port)]);
    taken.close();
    assert.equal(code, 1);
    assert.match(stdout, /^ok {4}Node {12}v\d+/m);
    assert.match(stdout, /^ok {4}data directory {2}.*\.banyan will be made$/m);
    assert.match(
      stdout,
      new RegExp(`^fail {2}port of web {5}127\\.0\\.0\\.1:${port} is in use\n.*-> stop what uses it`, "m"),
    );
    assert.match(stdout, /1 to repair before a node can run here\.$/m);
  });

  it("shows refused settings as a finding", async () => {
    configure("nmae: elm\n");
    const { code, stdout } = await banyan(place.folder, ["doctor"]);
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^fail {2}settings .*\n? *banyan\.yaml:1:1: nmae is not a setting, did you mean name\?/m,
    );
  });
});

import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { openDataDirectory } from "../../../deploy/data-directory.ts";
import { announceNode, findNode, withdrawNode } from "../../../deploy/running-node.ts";

const root = mkdtempSync(join(tmpdir(), "banyan-data-"));
after(() => rmSync(root, { recursive: true }));
const fresh = (name: string) => join(root, name, "deep");
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe("the data directory", () => {
  it("is made at the first start, for its owner alone, and says its version", () => {
    const path = fresh("first");
    openDataDirectory(path);
    assert.equal(modeOf(path), "700");
    assert.equal(readFileSync(join(path, "version"), "utf8"), "1\n");
  });

  it("is refused when others may write into it, and so replace the keys", () => {
    const path = fresh("open");
    openDataDirectory(path);
    chmodSync(path, 0o777);
    assert.throws(
      () => openDataDirectory(path),
      /others may write into .*open\/deep \(mode 777\): chmod 700/,
    );
    chmodSync(path, 0o755);
    openDataDirectory(path);
  });

  it("is refused when a newer banyan has written it, with both versions", () => {
    const path = fresh("newer");
    openDataDirectory(path);
    writeFileSync(join(path, "version"), "7\n");
    assert.throws(
      () => openDataDirectory(path),
      /newer\/deep has version 7, and this banyan knows versions up to 1/,
    );
    assert.equal(readFileSync(join(path, "version"), "utf8"), "7\n");
  });

  it("is refused when its version is no number", () => {
    const path = fresh("odd");
    openDataDirectory(path);
    writeFileSync(join(path, "version"), "one\n");
    assert.throws(() => openDataDirectory(path), /should hold a version number, and it holds "one"/);
  });

  it("is refused when it is a file", () => {
    const path = join(root, "file");
    writeFileSync(path, "");
    assert.throws(() => openDataDirectory(path), /file cannot be used: .*; choose another with --data-dir/);
  });

  it("makes a secret once, readable by its owner alone", () => {
    const directory = openDataDirectory(fresh("secret"));
    const made = directory.secret("ops-token");
    assert.ok(made.isNew);
    assert.match(made.value, /^[\w-]{43}$/);
    assert.equal(modeOf(made.path), "600");
    assert.deepEqual(directory.secret("ops-token"), { ...made, isNew: false });
    assert.notEqual(directory.secret("push-key").value, made.value);
  });

  it("refuses a secret that others may read, and an empty one", () => {
    const directory = openDataDirectory(fresh("open"));
    const { path } = directory.secret("ops-token");
    chmodSync(path, 0o644);
    assert.throws(() => directory.secret("ops-token"), /its mode 644 lets others read it: chmod 600/);
    chmodSync(path, 0o600);
    writeFileSync(path, "\n");
    assert.throws(() => directory.secret("ops-token"), /is empty; remove it/);
  });
});

describe("a running node", () => {
  it("is not found through an announcement that was cut off", () => {
    const directory = openDataDirectory(fresh("cut"));
    writeFileSync(join(directory.path, "node.json"), '{ "pid": 1');
    assert.equal(findNode(directory), undefined);
  });

  it("is found through its data directory until it withdraws", () => {
    const directory = openDataDirectory(fresh("running"));
    assert.equal(findNode(directory), undefined);
    const node = {
      pid: process.pid,
      workers: [],
      opsUrl: "http://127.0.0.1:9510",
      listeners: { web: "http://127.0.0.1:9501" },
    };
    announceNode(directory, node);
    assert.deepEqual(findNode(directory), node);
    withdrawNode(directory, process.pid + 1);
    assert.deepEqual(findNode(directory), node);
    withdrawNode(directory, process.pid);
    assert.equal(findNode(directory), undefined);
  });

  it("is not found when its process is gone", () => {
    const directory = openDataDirectory(fresh("gone"));
    announceNode(directory, { pid: 2 ** 22 + 7, workers: [], opsUrl: "http://127.0.0.1:1", listeners: {} });
    assert.equal(findNode(directory), undefined);
  });
});

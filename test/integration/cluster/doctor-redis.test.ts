import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ClusterProcesses } from "../../support/cluster-processes.ts";
import { banyan } from "../../support/node-process.ts";

const LIMIT_MS = 240_000;

describe("banyan doctor redis", { timeout: LIMIT_MS }, () => {
  let cluster: ClusterProcesses;
  before(async () => {
    cluster = await ClusterProcesses.start("a", "b");
    const web = cluster.node("a").listeners["web"] ?? "";
    for (const room of ["one", "two"]) {
      const pushed = await banyan(cluster.folderOf("a"), ["push", `live/${room}`, "hello", "--url", web]);
      assert.equal(pushed.code, 0, pushed.stderr);
    }
  });
  after(() => cluster.stop());

  const doctor = (...words: string[]) =>
    banyan(cluster.folderOf("a"), [
      "doctor",
      "redis",
      "--set",
      `cluster.redis=${cluster.redis.url}`,
      ...words,
    ]);

  it("finds no key of a running cluster that is not declared, and says what removes each", async () => {
    const { code, stdout, stderr } = await doctor();
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /ok +persistence +append-only file, appendfsync always; it can promise fsync/);
    assert.match(stdout, /ok +rights +this user may do what is needed/);
    assert.match(stdout, /ok +keys +\d+ keys, all of declared families/);
    assert.match(stdout, /entity log +\d+ +.*\{a:\*\}:log +snapshots remove what is before them/);
    assert.match(stdout, /nonce +2 +.*\{s:\*\}:nonce +three times `push\.windowMs`/);
    assert.match(stdout, /members +1 +.*the removal of a dead node from the table/);
  });

  it("tells whose the database is, and fails for a node of another cluster", async () => {
    const { stdout } = await doctor();
    assert.match(stdout, /ok +mark +this database belongs to the cluster banyan/);
    const other = await doctor("--set", "cluster.name=green");
    assert.equal(other.code, 1);
    assert.match(
      other.stdout,
      /fail +mark +this database carries the mark of the cluster banyan, .*is green/,
    );
  });

  it("fails when another program writes into the same database", async () => {
    cluster.redis.cli("set", "session:7", "of somebody else");
    const { code, stdout } = await doctor();
    assert.equal(code, 1);
    assert.match(stdout, /fail +keys +\d+ keys, 1 of no declared family, such as session:7/);
  });
});

import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { AccessLog } from "../../../actors/logs/access/access-log.ts";
import { LOSS_MARK } from "../../../actors/logs/access/access-line.ts";
import type { AccessRecord } from "../../../runtime/net/access-tap.ts";
import { SystemClock } from "../../../runtime/time/system-clock.ts";
import { eventually } from "../../support/eventually.ts";
import { LogRecord } from "../../support/log-record.ts";
import { ReloadingNode } from "../../support/reloading-node.ts";

const RECORD: AccessRecord = {
  kind: "http",
  listener: "web",
  method: "GET",
  route: "/a",
  path: "/a",
  status: 200,
  bytesIn: 0,
  bytesOut: 10,
  durationMs: 1,
  address: "127.0.0.1",
  agent: "",
};

describe("the file of a gateway's records", () => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-access-"));
  after(() => rmSync(folder, { recursive: true }));
  const lines = (path: string): number =>
    existsSync(path) ? readFileSync(path, "utf8").split("\n").length - 1 : 0;
  const open = (name: string, fileBytesMax?: number): { path: string; log: AccessLog } => {
    const path = join(folder, name, "access.log");
    const size = fileBytesMax === undefined ? {} : { fileBytesMax };
    return { path, log: new AccessLog({ path, clock: new SystemClock(), log: new LogRecord(), ...size }) };
  };

  it("has each record soon, and what waited when it is closed", async () => {
    const { path, log } = open("soon");
    log.add(RECORD);
    await eventually(() => lines(path), 1);
    for (let index = 0; index < 99; index++) log.add(RECORD);
    log.close();
    assert.equal(lines(path), 100);
  });

  it("gets another name when it is large, and few of them are kept", async () => {
    let path = "";
    for (let index = 0; index < 6; index++) {
      const opened = open("large", 1_000);
      ({ path } = opened);
      for (let record = 0; record < 10; record++) opened.log.add(RECORD);
      opened.log.close();
      assert.equal(lines(path), 10);
    }
    assert.deepEqual(
      ["", ".1", ".2", ".3", ".4"].map((end) => existsSync(path + end)),
      [true, true, true, true, false],
    );
  });

  it("says how many records a full disk has cost, once there is room again", async () => {
    const { path, log } = open("full");
    // Takes every write for a disk that has no room left.
    symlinkSync("/dev/full", path);
    for (let index = 0; index < 7; index++) log.add(RECORD);
    await eventually(() => log.counts, { written: 0, lost: 7 });
    unlinkSync(path);
    log.add(RECORD);
    await eventually(() => lines(path), 2);
    assert.equal(readFileSync(path, "utf8").split("\n")[1]?.startsWith(`${LOSS_MARK}7,`), true);
    assert.deepEqual(log.counts, { written: 1, lost: 7 });
    log.close();
  });

  it("begins anew when somebody else has renamed it", async () => {
    const { path, log } = open("renamed");
    log.add(RECORD);
    await eventually(() => lines(path), 1);
    renameSync(path, `${path}.1`);
    log.add(RECORD);
    await eventually(() => lines(path), 1);
    log.close();
    assert.equal(lines(`${path}.1`), 1);
  });

  it("says how many records it had no room for", () => {
    const { path, log } = open("flood");
    const long = { ...RECORD, agent: "x".repeat(256), path: "/".repeat(1_024) };
    for (let index = 0; index < 10_000; index++) log.add(long);
    log.close();
    const last = readFileSync(path, "utf8").trimEnd().split("\n").at(-1) ?? "";
    assert.ok(last.startsWith(LOSS_MARK), last.slice(0, 80));
    const { lost } = JSON.parse(last) as { lost: number };
    assert.ok(lost > 0);
    assert.equal(lines(path) - 1 + lost, 10_000);
    assert.deepEqual(log.counts, { written: 10_000 - lost, lost });
  });
});

describe("a node without any settings", () => {
  let running: ReloadingNode;
  before(async () => void (running = await ReloadingNode.start()));
  after(() => running.stop());

  interface Answer {
    readonly partitions: { partition: string; counted: number; read: number; lost: number }[];
  }

  /** What is counted of the gateway's answers. */
  async function counted(): Promise<number> {
    const { body } = await running.node.get("/v1/stats/partitions");
    const gateway = (body as Partial<Answer>).partitions?.find(({ partition }) =>
      partition.startsWith("gateway/"),
    );
    assert.equal(gateway?.lost ?? 0, 0);
    assert.equal(gateway?.read, gateway?.counted);
    return gateway?.counted ?? 0;
  }

  const get = async (times: number): Promise<void> => {
    for (let index = 0; index < times; index++) {
      await (await fetch(`${running.web}/chatroom/live?room=live/none`)).arrayBuffer();
    }
  };

  it("counts each answer of its gateway, through a reload and a kill", async () => {
    await get(100);
    await eventually(counted, 100);
    const reloading = running.reload();
    await get(100);
    await reloading;
    await get(50);
    await eventually(counted, 250);
    const served = running.events("worker.serving").length;
    process.kill(running.node.workerPid(), "SIGKILL");
    await running.node.process.until(() =>
      running.events("worker.serving").length > served ? true : undefined,
    );
    await get(25);
    await eventually(counted, 275);
  });

  it("counts calls, and connections when they end", async () => {
    await eventually(counted, 275);
    const socket = connect(running.linePort, "127.0.0.1");
    const call = { kind: "call", id: 1, route: "/chatroom", action: "history", body: { room: "live/none" } };
    socket.write(`${JSON.stringify(call)}\n`);
    await once(socket, "data");
    await eventually(counted, 276);
    socket.end();
    await eventually(counted, 277);
    const { body } = await running.node.get("/v1/stats?metric=requests&by=kind");
    const { series } = body as { series: { values: { kind: string }; total: number }[] };
    assert.deepEqual(Object.fromEntries(series.map(({ values, total }) => [values.kind, total])), {
      http: 275,
      call: 1,
      tcp: 1,
    });
  });
});

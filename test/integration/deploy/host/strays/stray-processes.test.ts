import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, describe, it } from "node:test";
import { banyanProcesses } from "../../../../../deploy/host/strays/banyan-processes.ts";
import { HOST_TITLE, workerTitle } from "../../../../../deploy/host/strays/process-facts.ts";
import type { BanyanProcess } from "../../../../../deploy/host/strays/process-facts.ts";
import { judgeProcesses } from "../../../../../deploy/host/strays/stray-processes.ts";
import { RUNS_IN_VARIABLE } from "../../../../../deploy/settings-names.ts";
import { eventually } from "../../../../support/eventually.ts";

const DATA_DIR = "/nowhere/data";
const onLinux = existsSync("/proc/self/stat") ? {} : { skip: "only Linux has /proc" };

const started: number[] = [];
afterEach(() => {
  for (const pid of started.splice(0)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
});

/** A process with the title of a host, and a child of it with that of a worker. */
async function hostAndWorker(): Promise<{ host: ChildProcess; workerPid: number }> {
  const worker = `process.title = ${JSON.stringify(workerTitle(1))}; setInterval(() => 0, 1_000)`;
  const code = `
    process.title = ${JSON.stringify(HOST_TITLE)};
    const child = require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(worker)}], {
      stdio: "ignore", env: { ${RUNS_IN_VARIABLE}: ${JSON.stringify(DATA_DIR)} },
    });
    console.log(child.pid);
    setInterval(() => 0, 1_000);`;
  const host = spawn(process.execPath, ["-e", code], {
    cwd: tmpdir(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  started.push(host.pid ?? 0);
  const [line] = (await once(host.stdout, "data")) as [Buffer];
  const workerPid = Number(line);
  started.push(workerPid);
  await eventually(() => ours([workerPid]).length, 1);
  return { host, workerPid };
}

function ours(pids: readonly number[]): BanyanProcess[] {
  return banyanProcesses(Date.now()).filter(({ pid }) => pids.includes(pid));
}

describe("the processes of this machine", () => {
  it("are found with parent, folder, data directory and memory", onLinux, async () => {
    const { host, workerPid } = await hostAndWorker();
    const pid = host.pid ?? 0;
    const [found, worker] = judgeProcesses(ours([pid, workerPid]), () => pid).toSorted((a) =>
      a.pid === pid ? -1 : 1,
    );
    assert.equal(found?.role, "host");
    assert.equal(
      found?.folder,
      spawnSync("readlink", [`/proc/${pid}/cwd`], { encoding: "utf8" }).stdout.trim(),
    );
    assert.equal(found?.dataDir, DATA_DIR, "its worker tells it");
    assert.equal(found?.isStray, false);
    assert.equal(worker?.role, "worker");
    assert.equal(worker?.parentPid, pid);
    assert.ok((worker?.rssBytes ?? 0) > 10_000_000, `${worker?.rssBytes}`);
    const ageMs = Date.now() - (worker?.startedAtMs ?? 0);
    assert.ok(ageMs > -2_000 && ageMs < 60_000, `${ageMs} ms old`);
  });

  it("show who has lost its host", onLinux, async () => {
    const { host, workerPid } = await hostAndWorker();
    host.kill("SIGKILL");
    await once(host, "exit");
    const verdict = () => judgeProcesses(ours([workerPid]), () => undefined)[0]?.isStray;
    await eventually(verdict, true);
  });

  it("show what has ended and was not collected by its name", onLinux, async () => {
    // A shell that became `sleep` collects nobody.
    const code = `process.title = ${JSON.stringify(HOST_TITLE)}; setTimeout(() => process.kill(process.pid, "SIGKILL"), 300)`;
    const parent = spawn("sh", ["-c", '"$0" -e "$1" & echo $!; exec sleep 60', process.execPath, code], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    started.push(parent.pid ?? 0);
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    await eventually(
      () => judgeProcesses(ours([Number(line)]), () => undefined)[0]?.why,
      `has ended, and process ${parent.pid} has not collected it: end that one`,
    );
  });

  it("are found by pidof and by ps under their titles", onLinux, async () => {
    const { host, workerPid } = await hostAndWorker();
    const { error, stdout } = spawnSync("pidof", [HOST_TITLE], { encoding: "utf8" });
    if (error === undefined) assert.ok(stdout.trim().split(" ").includes(String(host.pid)), stdout);
    const comm = spawnSync("ps", ["-o", "comm=", "-p", `${host.pid},${workerPid}`], { encoding: "utf8" });
    const titles = comm.stdout.trim().split("\n");
    assert.deepEqual(titles.toSorted(), [HOST_TITLE, workerTitle(1)]);
  });
});

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { HostReport } from "../../protocols/host.ts";
import { Banyan, banyan, eventsIn, FREE_PORTS, startNode, workplace } from "../support/node-process.ts";
import type { Workplace } from "../support/node-process.ts";
import { untilGone } from "../support/processes.ts";

let place: Workplace;
beforeEach(() => {
  place = workplace();
});
afterEach(async () => {
  // A test that failed may have left a host in the background.
  if (existsSync(inDataDir("host.lock"))) await banyan(place.folder, ["stop"]);
  place.remove();
});

const run = (...words: string[]) => banyan(place.folder, words);
const inDataDir = (name: string) => join(place.folder, ".banyan", name);
const report = async () => JSON.parse((await run("status", "--json")).stdout) as HostReport;

/** The log of a node that has just been started, in whatever way. */
function assertSilentOfSecrets(log: string): void {
  assert.match(log, /"event":"node\.started"/);
  assert.doesNotMatch(log, /Ctrl-C/);
  assert.ok(!log.includes(readFileSync(inDataDir("ops-token"), "utf8").trim()));
}

describe("a node in the background", () => {
  it("is started, shown, restarted and stopped by commands", async () => {
    const started = await run("start", "--daemon", ...FREE_PORTS);
    assert.equal(started.code, 0, started.stderr);
    assert.match(started.stdout, /^banyan-host runs as process (\d+)\n {2}web +http:\/\/127\.0\.0\.1:\d+\n/);
    const pid = Number(/process (\d+)/.exec(started.stdout)?.[1]);
    assert.equal(readFileSync(inDataDir("banyan.pid"), "utf8"), `${pid}\n`);
    const log = readFileSync(inDataDir("host.log"), "utf8");
    assert.match(log, /"event":"worker\.serving"/);
    assertSilentOfSecrets(log);
    assert.equal(readFileSync(`/proc/${pid}/comm`, "utf8"), "banyan-host\n");
    for (const file of ["control.sock", "host.log", "host.lock"]) {
      assert.equal((statSync(inDataDir(file)).mode & 0o777).toString(8), "600", file);
    }

    const shown = await run("status");
    assert.equal(shown.code, 0);
    assert.match(shown.stdout, /^serving; 0 reloads, 0 restarts\n/);
    assert.match(shown.stdout, new RegExp(`^host +${pid} +serving `, "m"));
    const before = await report();
    const worker = before.processes[1]?.pid ?? 0;
    assert.equal(readFileSync(`/proc/${worker}/comm`, "utf8"), "banyan-worker 1\n");

    const restarted = await run("restart");
    assert.equal(restarted.code, 0, restarted.stderr);
    assert.match(restarted.stdout, /serves, version/);
    const afterRestart = await report();
    assert.notEqual(afterRestart.processes[1]?.pid, worker);
    assert.deepEqual(afterRestart.urls, before.urls);
    assert.equal(afterRestart.ended[0]?.text, "stopped in order");

    const stopped = await run("stop");
    assert.equal(stopped.code, 0, stopped.stderr);
    assert.match(stopped.stdout, /have stopped$/m);
    await untilGone(pid, worker);
    for (const file of ["banyan.pid", "control.sock", "host.lock", "node.json"]) {
      assert.ok(!existsSync(inDataDir(file)), file);
    }
  });

  it("that cannot start is refused with the same words and the same exit code", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const { port } = taken.address() as AddressInfo;
    const { code, stdout, stderr } = await run(
      "start",
      "--daemon",
      ...FREE_PORTS,
      "--set",
      `listeners.web.port=${port}`,
    );
    taken.close();
    assert.equal(code, 69);
    assert.equal(stdout, "");
    assert.match(stderr, new RegExp(`^banyan: port ${port} of listener web .* is in use`));
    assert.ok(!existsSync(inDataDir("host.lock")));
  });

  it("runs in one process too, and its log holds neither greeting nor token", async () => {
    const started = await run("start", "--daemon", "--workers", "0", ...FREE_PORTS);
    assert.equal(started.code, 0, started.stderr);
    assert.match(started.stdout, /^banyan-node runs as process \d+\n {2}web +http:/);
    assertSilentOfSecrets(readFileSync(inDataDir("host.log"), "utf8"));
    assert.equal((await run("stop")).code, 0);
  });

  it("is refused in words when a file of the host cannot be written", async () => {
    const away = join(place.folder, "no", "such", "folder");
    for (const setting of ["host.logFile", "host.pidFile"]) {
      const words = ["--set", `${setting}=${join(away, "file")}`];
      const { code, stderr } = await run("start", "--daemon", ...FREE_PORTS, ...words);
      assert.equal(code, 78, stderr);
      assert.match(
        stderr,
        new RegExp(`^banyan: ${setting} is ${away}/file, which cannot be written: ENOENT`),
      );
    }
    mkdirSync(join(inDataDir("control.sock"), "occupied"), { recursive: true, mode: 0o700 });
    const { code, stderr } = await run("start", ...FREE_PORTS);
    assert.equal(code, 78, stderr);
    assert.match(stderr, /^banyan: the control socket .*control\.sock cannot be made: /);
  });

  it("works in a data directory whose path no socket can have", async () => {
    const deep = join(place.folder, "d".repeat(100), "e".repeat(100));
    mkdirSync(deep, { recursive: true });
    const here = ["--data-dir", join(deep, "data")];
    const started = await run("start", "--daemon", ...FREE_PORTS, ...here);
    assert.equal(started.code, 0, started.stderr);
    assert.equal((await run("status", ...here)).code, 0);
    assert.equal((await run("stop", ...here)).code, 0);
  });
});

describe("without a node", () => {
  it("stop, status, reload and restart say that nothing runs", async () => {
    for (const word of ["stop", "status", "reload", "restart"]) {
      const { code, stderr } = await run(word);
      assert.equal(code, 69, word);
      assert.match(stderr, /^banyan: nothing runs on .*\.banyan; start it with: banyan start\n$/);
    }
  });
});

describe("a second start on a data directory", () => {
  it("is refused and names the process that has it", async () => {
    const node = await startNode(place.folder);
    const second = await run("start", ...FREE_PORTS);
    const alone = await run("start", "--workers", "0", ...FREE_PORTS);
    assert.equal((await node.get("/readyz")).status, 200);
    await node.stop();
    for (const { code, stderr } of [second, alone]) {
      assert.equal(code, 69);
      assert.match(stderr, new RegExp(`is in use by process ${node.process.child.pid} \\(banyan-host\\)`));
    }
  });
});

describe("one process without a host", () => {
  it("serves, is shown and stopped, and cannot be reloaded", async () => {
    const node = await startNode(place.folder, ["--workers", "0"]);
    assert.equal(node.workerPid(), node.process.child.pid);
    assert.match((await run("status")).stdout, /^one process without a host: \d+, since /);
    for (const word of ["reload", "restart"]) {
      const { code, stderr } = await run(word);
      assert.equal(code, 1);
      assert.match(stderr, /process \d+ is one process, no host: nobody could take over from it/);
    }
    node.process.child.kill("SIGUSR2");
    await node.process.until((stdout) => (eventsIn(stdout, "reload.refused").length > 0 ? true : undefined));
    assert.equal((await node.get("/readyz")).status, 200);
    assert.equal((await run("stop")).code, 0);
    assert.equal((await node.process.ended).code, 0);
  });
});

describe("more than one worker", () => {
  it("is refused in words without Redis", async () => {
    const { code, stderr } = await run("start", "--workers", "4", ...FREE_PORTS);
    assert.equal(code, 78);
    assert.match(stderr, /flag --workers: host\.workers is 4, and more than one worker needs Redis/);
  });
});

describe("SIGUSR1", () => {
  it("opens no debugger in host or worker, not even while they start", async () => {
    const port = await freePort();
    const node = new Banyan(place.folder, ["start", ...FREE_PORTS], {
      NODE_OPTIONS: `--inspect-port=${port}`,
    });
    // Before Node has its own handler the signal would end the process; from then on it would open the debugger.
    await untilCaught(node.child.pid ?? 0);
    const workers = new Set<number>();
    const knocking = setInterval(() => {
      node.child.kill("SIGUSR1");
      for (const { pid } of eventsIn(node.stdout, "worker.started")) workers.add(Number(pid));
      for (const pid of workers) if (catches(pid)) process.kill(pid, "SIGUSR1");
    }, 5);
    await node.until((stdout) => (eventsIn(stdout, "worker.serving").length > 0 ? true : undefined));
    clearInterval(knocking);
    await assert.rejects(open(port), /ECONNREFUSED/);
    node.child.kill("SIGTERM");
    assert.equal((await node.ended).code, 0);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function open(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", reject);
  });
}

/** Bit 9 of the caught signals is SIGUSR1. */
function catches(pid: number): boolean {
  try {
    const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0";
    return (BigInt(`0x${caught}`) >> 9n) % 2n === 1n;
  } catch {
    return false;
  }
}

async function untilCaught(pid: number): Promise<void> {
  while (!catches(pid)) await new Promise((resolve) => setTimeout(resolve, 1));
}

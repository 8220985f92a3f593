import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import type { HostReport } from "../../../../protocols/host.ts";
import { eventually } from "../../../support/eventually.ts";
import { startNode, workplace } from "../../../support/node-process.ts";
import type { NodeProcess, Workplace } from "../../../support/node-process.ts";
import { IN_TROUBLE, makeTrouble } from "../../../support/trouble.ts";

const MIB = 2 ** 20;
/** A fresh worker takes a while to load where others work too. */
const CHANGE_LIMIT_MS = 60_000;

let place: Workplace;
let node: NodeProcess;
before(() => {
  place = workplace();
});
afterEach(async () => {
  const { code } = await node.stop();
  assert.equal(code, 0);
});
after(() => place.remove());

/** Starts a host whose workers wear out by the rule given. */
async function start(rule: Readonly<Record<string, number>>): Promise<string> {
  const words = Object.entries({ minLifeMs: 500, ...rule }).flatMap(([name, value]) => [
    "--set",
    `host.recycle.${name}=${value}`,
  ]);
  node = await startNode(place.folder, words, IN_TROUBLE);
  return node.listeners["web"] ?? "";
}

async function report(): Promise<HostReport> {
  const { status, body } = await node.get("/v1/processes");
  assert.equal(status, 200);
  return body as HostReport;
}

/** The only worker there is, once no change is under way; its pid, or undefined while one is. */
async function theWorker(): Promise<number | undefined> {
  const { processes, doing } = await report();
  const workers = processes.filter(({ role }) => role === "worker");
  return doing === "serving" && workers.length === 1 ? workers[0]?.pid : undefined;
}

/** What the log says of each recycling. */
function logged(): { readonly pid: number; readonly cause: string; readonly why: string }[] {
  return node.process.stdout
    .split("\n")
    .filter((line) => line.includes('"event":"worker.worn"'))
    .map((line) => JSON.parse(line) as { pid: number; cause: string; why: string });
}

/** Waits until a worker was recycled and another one serves, then asserts that report and log say the same about it. */
async function recycledFrom(pid: number, cause: string, why: RegExp): Promise<void> {
  const recycled = async () => (await report()).recycled.map((one) => [one.pid, one.cause]);
  await eventually(recycled, [[pid, cause]], "recycled", CHANGE_LIMIT_MS);
  const isOld = async () => [undefined, pid].includes(await theWorker());
  await eventually(isOld, false, "another one serves", CHANGE_LIMIT_MS);
  const {
    recycled: [latest],
    ended,
    restarts,
  } = await report();
  assert.match(latest?.text ?? "", why);
  assert.deepEqual(
    logged().map((line) => [line.pid, line.cause, line.why]),
    [[pid, cause, latest?.text]],
  );
  assert.deepEqual(
    ended.map((one) => [one.pid, one.kind]),
    [[pid, "expected"]],
  );
  assert.equal(restarts, 0, "to be replaced is no failure");
}

describe("a worn worker is replaced by a fresh one", () => {
  it("after so many requests, and none of them fails", async () => {
    const web = await start({ requests: 200 });
    await eventually(async () => (await theWorker()) !== undefined, true, "the first worker serves");
    const pid = await theWorker();
    let answered = 0;
    for (; logged().length === 0 && answered < 5_000; answered++) {
      const response = await fetch(`${web}/v1/openapi.json`);
      assert.equal(response.status, 200);
      await response.arrayBuffer();
    }
    for (let more = 0; more < 20; more++) assert.equal((await fetch(`${web}/v1/openapi.json`)).status, 200);
    await recycledFrom(
      pid ?? 0,
      "requests",
      /^it has served \d+ requests \(its limit (1[89]\d|2[01]\d|220)\)$/,
    );
  });

  it("when it holds too much memory", async () => {
    const web = await start({ memoryBytes: 400 * MIB });
    const pid = await makeTrouble(web, "leak", 60 * MIB);
    await recycledFrom(pid, "memorySize", /^it holds [4-9]\d\d\.\d MiB \(limit 400\.0 MiB\)$/);
    await eventually(
      async () => {
        const { processes } = await report();
        const rss = processes.find(({ role }) => role === "worker")?.vitals?.memory.rss ?? Infinity;
        return rss < 300 * MIB;
      },
      true,
      "the fresh one is small",
    );
  });

  it("when its memory keeps growing, long before it is too much", async () => {
    const web = await start({ memoryBytesPerMinute: 600 * MIB, slopeWindowMs: 6_000, minLifeMs: 3_000 });
    const pid = await makeTrouble(web, "leak", 20 * MIB);
    await recycledFrom(
      pid,
      "memorySlope",
      /^it grows by \d+\.\d MiB a minute for \d+ s, to \d+\.\d MiB \(limit 600\.0 MiB a minute\)$/,
    );
  });

  it("when turns that were given up pile up in it", async () => {
    const web = await start({ zombies: 20 });
    const pid = await makeTrouble(web, "zombies", 25);
    await recycledFrom(pid, "zombies", /^2\d turns were given up and have not ended \(limit 20\)$/);
  });

  it("but not before it has lived for a while", async () => {
    const web = await start({ zombies: 1, minLifeMs: 3_600_000 });
    const pid = await makeTrouble(web, "zombies", 25);
    await eventually(async () => (await report()).processes.at(-1)?.vitals?.zombies, 25);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    assert.equal(await theWorker(), pid);
    assert.deepEqual(logged(), []);
  });
});

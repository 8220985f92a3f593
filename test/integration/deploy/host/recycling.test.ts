import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { HostReport } from "../../../../protocols/host.ts";
import { eventually } from "../../../support/eventually.ts";
import { eventsIn, startNode, workplace } from "../../../support/node-process.ts";
import type { NodeProcess, Workplace } from "../../../support/node-process.ts";
import { IN_TROUBLE, makeTrouble } from "../../../support/trouble.ts";

const MIB = 2 ** 20;
/** A fresh worker takes a while to load where others work too. */
const CHANGE_LIMIT_MS = 60_000;
/** The tests of one host; without it they would run at the same time as others do. */
const IN_TURN = { concurrency: 1 };

/** A host whose workers wear out by a rule. */
class WearingHost {
  readonly #place: Workplace = workplace();
  readonly #words: readonly string[];
  #node: NodeProcess | undefined = undefined;
  #recyclings = 0;

  constructor(rule: Readonly<Record<string, number>>) {
    const entries = Object.entries({ minLifeMs: 500, ...rule });
    this.#words = entries.flatMap(([name, value]) => ["--set", `host.recycle.${name}=${value}`]);
  }

  async start(): Promise<void> {
    this.#node = await startNode(this.#place.folder, this.#words, IN_TROUBLE);
  }

  async stop(): Promise<void> {
    const ended = await this.#node?.stop();
    this.#place.remove();
    assert.equal(ended?.code, 0);
  }

  get #started(): NodeProcess {
    assert.ok(this.#node);
    return this.#node;
  }

  get web(): string {
    return this.#started.listeners["web"] ?? "";
  }

  async report(): Promise<HostReport> {
    const { status, body } = await this.#started.get("/v1/processes");
    assert.equal(status, 200);
    return body as HostReport;
  }

  /** The only worker there is, once no change is under way; its pid, or undefined while one is. */
  async worker(): Promise<number | undefined> {
    const { processes, doing } = await this.report();
    const workers = processes.filter(({ role }) => role === "worker");
    return doing === "serving" && workers.length === 1 ? workers[0]?.pid : undefined;
  }

  /** What the log says of each recycling. */
  logged(): Record<string, unknown>[] {
    return eventsIn(this.#started.process.stdout, "worker.worn");
  }

  /** Waits until a worker was recycled and another one serves, then asserts that report and log say the same about it. */
  async recycledFrom(pid: number, cause: string, why: RegExp): Promise<void> {
    const count = ++this.#recyclings;
    const recycled = async () => (await this.report()).recycled.map((one) => [one.pid, one.cause]);
    const latestOf = async () => (await recycled())[0];
    await eventually(latestOf, [pid, cause], "recycled", CHANGE_LIMIT_MS);
    const isOld = async () => [undefined, pid].includes(await this.worker());
    await eventually(isOld, false, "another one serves", CHANGE_LIMIT_MS);
    const report = await this.report();
    const [latest] = report.recycled;
    assert.match(latest?.text ?? "", why);
    assert.equal(report.recycled.length, count);
    const logged = this.logged().map((line) => [line["pid"], line["cause"], line["why"]]);
    assert.deepEqual(logged.slice(count - 1), [[pid, cause, latest?.text]]);
    assert.equal(report.ended[0]?.pid, pid);
    assert.deepEqual(
      report.ended.map(({ kind }) => kind),
      Array.from({ length: count }, () => "expected"),
    );
    assert.equal(report.restarts, 0, "to be replaced is no failure");
  }
}

// Two at the same time: most of it is waiting until somebody is worn, or is not.
describe("a worker", { concurrency: 2 }, () => {
  describe("that is worn is replaced by a fresh one", IN_TURN, () => {
    const host = new WearingHost({ memoryBytes: 400 * MIB, zombies: 20 });
    before(() => host.start());
    after(() => host.stop());

    it("when turns that were given up pile up in it", async () => {
      const pid = await makeTrouble(host.web, "zombies", 25);
      await host.recycledFrom(pid, "zombies", /^2\d turns were given up and have not ended \(limit 20\)$/);
    });

    it("when it holds too much memory", async () => {
      const pid = await makeTrouble(host.web, "leak", 60 * MIB);
      await host.recycledFrom(pid, "memorySize", /^it holds [4-9]\d\d\.\d MiB \(limit 400\.0 MiB\)$/);
      await eventually(
        async () => {
          const { processes } = await host.report();
          const rss = processes.find(({ role }) => role === "worker")?.vitals?.memory.rss ?? Infinity;
          return rss < 300 * MIB;
        },
        true,
        "the fresh one is small",
      );
    });
  });

  describe("whose memory keeps growing is replaced", IN_TURN, () => {
    const host = new WearingHost({
      memoryBytesPerMinute: 600 * MIB,
      slopeWindowMs: 6_000,
      minLifeMs: 3_000,
    });
    before(() => host.start());
    after(() => host.stop());

    it("long before it is too much", async () => {
      const pid = await makeTrouble(host.web, "leak", 20 * MIB);
      await host.recycledFrom(
        pid,
        "memorySlope",
        /^it grows by \d+\.\d MiB a minute for \d+ s, to \d+\.\d MiB \(limit 600\.0 MiB a minute\)$/,
      );
    });
  });

  describe("that has served so many requests is replaced", IN_TURN, () => {
    const host = new WearingHost({ requests: 200 });
    before(() => host.start());
    after(() => host.stop());

    it("and none of them fails", async () => {
      await eventually(async () => (await host.worker()) !== undefined, true, "the first worker serves");
      const pid = await host.worker();
      const ask = () => fetch(`${host.web}/v1/openapi.json`);
      let answered = 0;
      for (; host.logged().length === 0 && answered < 5_000; answered++) {
        const response = await ask();
        assert.equal(response.status, 200);
        await response.arrayBuffer();
      }
      for (let more = 0; more < 20; more++) assert.equal((await ask()).status, 200);
      await host.recycledFrom(
        pid ?? 0,
        "requests",
        /^it has served \d+ requests \(its limit (1[89]\d|2[01]\d|220)\)$/,
      );
    });
  });

  describe("that is young", IN_TURN, () => {
    const host = new WearingHost({ zombies: 1, minLifeMs: 3_600_000 });
    before(() => host.start());
    after(() => host.stop());

    it("is left in peace, however worn it is", async () => {
      const pid = await makeTrouble(host.web, "zombies", 25);
      await eventually(async () => (await host.report()).processes.at(-1)?.vitals?.zombies, 25);
      await sleep(2_500);
      assert.equal(await host.worker(), pid);
      assert.deepEqual(host.logged(), []);
    });
  });
});

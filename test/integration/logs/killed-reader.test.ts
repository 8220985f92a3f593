import assert from "node:assert/strict";
import { appendFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as pass } from "node:timers/promises";
import { eventually } from "../../support/eventually.ts";
import { eventsIn, startNode, workplace } from "../../support/node-process.ts";
import type { NodeProcess, Workplace } from "../../support/node-process.ts";

const KILLS = 4;
const LINES_PER_STEP = 50;
const STEP_MS = 10;
/** Of a thousand. */
const BAD_LINES = 3;

/** What became of the lines, as the node tells. */
interface Account {
  readonly partition: string;
  readonly read: number;
  readonly counted: number;
  readonly duplicate: number;
  readonly quarantined: number;
  readonly tooLate: number;
  readonly unparsable: number;
  readonly lost: number;
}

let place: Workplace;
let node: NodeProcess;
let file: string;
before(async () => {
  place = workplace();
  file = join(place.folder, "app.log");
  const source = { name: "app", kind: "file", path: file, format: "json" };
  // JSON is YAML.
  writeFileSync(join(place.folder, "banyan.yaml"), JSON.stringify({ logs: { sources: [source] } }));
  node = await startNode(place.folder);
});
after(async () => {
  await node.stop();
  place.remove();
});

/** The account of the file; undefined while nobody can be asked. */
async function account(): Promise<Account | undefined> {
  const answer = await node.get("/v1/stats/partitions").catch(() => undefined);
  if (answer?.status !== 200) return undefined;
  const { partitions } = answer.body as { partitions: Account[] };
  return partitions.find(({ partition }) => partition.startsWith("app/"));
}

function assertIdentity({ read, counted, duplicate, quarantined, tooLate, unparsable }: Account): void {
  assert.equal(read, counted + duplicate + quarantined + tooLate + unparsable);
}

/** The worker is gone from one moment to the next. Resolves when another one serves. */
async function kill(): Promise<void> {
  const served = (): number => eventsIn(node.process.stdout, "worker.serving").length;
  const servedBefore = served();
  process.kill(node.workerPid(), "SIGKILL");
  await node.process.until(() => (served() > servedBefore ? true : undefined));
}

/** Writes lines without a pause, until it is told to stop; answers how many. */
class Writer {
  good = 0;
  bad = 0;
  #isOver = false;

  async run(): Promise<void> {
    while (!this.#isOver) {
      appendFileSync(file, Array.from({ length: LINES_PER_STEP }, () => this.#line()).join(""));
      await pass(STEP_MS);
    }
  }

  stop(): void {
    this.#isOver = true;
  }

  #line(): string {
    const number = this.good + this.bad;
    if (number % 1_000 < BAD_LINES) {
      this.bad++;
      return "this is no JSON\n";
    }
    this.good++;
    return `{"time":${Date.now()},"status":${200 + (number % 5) * 100},"route":"/${number % 7}"}\n`;
  }
}

describe("a node that reads a log file", () => {
  it("counts each line once, however often it is killed and the file is renamed meanwhile", async () => {
    const writer = new Writer();
    const writing = writer.run();
    for (let kills = 0; kills < KILLS; kills++) {
      await pass(300 + Math.random() * 700);
      await kill();
      const known = await account();
      if (known !== undefined) assertIdentity(known);
      if (kills === 1) renameSync(file, `${file}.1`);
    }
    await pass(300);
    writer.stop();
    await writing;
    const seen = async () => {
      const { counted, unparsable, lost, duplicate, quarantined } = (await account()) ?? {};
      return { counted, unparsable, lost, duplicate, quarantined };
    };
    const none = { lost: 0, duplicate: 0, quarantined: 0 };
    await eventually(seen, { counted: writer.good, unparsable: writer.bad, ...none });
    const last = await account();
    assert.ok(last !== undefined);
    assertIdentity(last);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RecentEnds } from "../../../../deploy/host/end/recent-ends.ts";
import { Lines } from "../../../../deploy/host/lines.ts";
import type { Line } from "../../../../deploy/host/lines.ts";
import type { WorkerProcess } from "../../../../deploy/host/worker/worker-process.ts";
import type { HostActivity, HostAnswer } from "../../../../protocols/host.ts";
import { LogRecord } from "../../../support/log-record.ts";

const DONE = { kind: "done", text: "process 1 serves" } as const;
const BUSY: HostAnswer = { kind: "refused", code: "alreadyReloading", text: "it is just being replaced" };
const UNFIT: HostAnswer = { kind: "refused", code: "unfit", text: "it cannot start" };

/** Lines whose workers do at once what they are told, noted as `reload 1`. */
function stage(...answers: HostAnswer[]) {
  const told: string[] = [];
  const doing: HostActivity[] = answers.map(() => "serving");
  const lines = answers.map((answer, index): Line => {
    const number = index + 1;
    const act = async (what: string): Promise<HostAnswer> => {
      told.push(`${what} ${number}`);
      return answer;
    };
    const succession = {
      get doing() {
        return doing[index];
      },
      begin: () => act("begin"),
      reload: () => act("reload"),
      restart: () => act("restart"),
      reloadSoon: () => act("reloadSoon"),
      recycle: () => act("recycle"),
      ended: () => act("ended"),
      end: async () => answer.kind === "done",
    };
    const workers = [`worker ${number}`, `heir of ${number}`].map((name) => ({ name, number }));
    return { crew: { number, workers }, succession } as unknown as Line;
  });
  return { told, doing, lines: new Lines(lines, new RecentEnds(), new LogRecord()) };
}

const nothing = (): void => undefined;

describe("the workers of a host", () => {
  it("are started, reloaded and restarted one after the other", async () => {
    const { told, lines } = stage(DONE, DONE, DONE);
    await lines.begin();
    assert.deepEqual(told.splice(0), ["begin 1", "begin 2", "begin 3"]);
    assert.deepEqual(await lines.change("reload", nothing), {
      kind: "done",
      text: `all 3 workers serve; ${[1, 2, 3].map((number) => `worker ${number}: ${DONE.text}`).join("; ")}`,
    });
    assert.deepEqual(told.splice(0), ["reload 1", "reload 2", "reload 3"]);
    await lines.change("restart", nothing);
    assert.deepEqual(told, ["restart 1", "restart 2", "restart 3"]);
  });

  it("are left as they are once one of them cannot follow", async () => {
    const { told, lines } = stage(DONE, UNFIT, DONE);
    const said: string[] = [];
    assert.deepEqual(await lines.change("reload", (text) => void said.push(text)), {
      kind: "refused",
      code: "unfit",
      text: "worker 2: it cannot start (new: worker 1: process 1 serves; all others are as before)",
    });
    assert.deepEqual(told, ["reload 1", "reload 2"]);
  });

  it("answer as one worker does where there is one", async () => {
    const { lines } = stage(DONE);
    assert.deepEqual(await lines.change("reload", nothing), DONE);
  });

  it("are reloaded once more for all wishes that came meanwhile", async () => {
    const { told, lines } = stage(DONE, DONE);
    lines.reloadSoon("SIGHUP");
    lines.reloadSoon("SIGHUP");
    lines.reloadSoon("SIGUSR2");
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(told, ["reload 1", "reload 2", "reload 1", "reload 2"]);
  });

  it("are all reloaded when a signal comes while one of them is being replaced: that one a little later", async () => {
    const { told, lines } = stage(DONE, BUSY, DONE);
    lines.reloadSoon("SIGHUP");
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(told, ["reload 1", "reload 2", "reloadSoon 2", "reload 3"]);
  });

  it("are left as they are when a signal comes and one of them cannot follow", async () => {
    const { told, lines } = stage(DONE, UNFIT, DONE);
    lines.reloadSoon("SIGHUP");
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(told, ["reload 1", "reload 2"]);
  });

  it("hand over among those of one number only", () => {
    const { told, lines } = stage(DONE, DONE);
    const [first, , second] = lines.workers as unknown as { name: string }[];
    const nameOf = (worker: unknown) => (worker as { name: string } | undefined)?.name;
    assert.equal(nameOf(lines.peerOf(second as unknown as WorkerProcess)), "heir of 2");
    assert.equal(nameOf(lines.peerOf(first as unknown as WorkerProcess)), "heir of 1");
    lines.ended(second as unknown as WorkerProcess, {} as never);
    lines.recycle(first as unknown as WorkerProcess, {} as never);
    assert.deepEqual(told, ["ended 2", "recycle 1"]);
  });

  it("are reached at the operators' port of the first, and at all doors", () => {
    const { lines } = stage(DONE, DONE);
    const [first, , second] = lines.workers;
    assert.ok(first !== undefined && second !== undefined);
    lines.serves(second, { opsUrl: "ops 2", listeners: {} }, 22);
    assert.equal(lines.isComplete, false);
    const served = lines.serves(first, { opsUrl: "ops 1", listeners: { web: "door" } }, 11);
    assert.deepEqual(served, { urls: { opsUrl: "ops 1", listeners: { web: "door" } }, pids: [11, 22] });
    assert.ok(lines.isComplete);
  });

  it("are at what any of them is at, and have stopped in order when all have", async () => {
    const { doing, lines } = stage(DONE, DONE);
    assert.equal(lines.doing, "serving");
    doing[1] = "restarting";
    assert.equal(lines.doing, "restarting");
    assert.equal(await lines.end(undefined), true);
    assert.equal(await stage(DONE, UNFIT).lines.end(undefined), false);
  });
});

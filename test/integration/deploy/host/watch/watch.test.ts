import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { eventsIn, startNode, workplace } from "../../../../support/node-process.ts";
import type { NodeProcess, Workplace } from "../../../../support/node-process.ts";
import { ProgramCopy } from "../../../../support/program-copy.ts";

const VERSION = "deploy/version.js";
const READY_WITHIN_MS = 60_000;

let copy: ProgramCopy;
let place: Workplace;
let node: NodeProcess;

before(async () => {
  copy = new ProgramCopy();
  place = workplace();
  const words = ["--watch", "--set", `host.readyWithinMs=${READY_WITHIN_MS}`];
  node = await startNode(place.folder, words, {}, copy.cli);
});
after(async () => {
  await node.stop();
  place.remove();
  copy.remove();
});

const seen = (event: string) => eventsIn(node.process.stdout, event);
/** Waits until an event has come as often. */
const until = (event: string, times: number) =>
  node.process.until(() => (seen(event).length >= times ? true : undefined));

describe("a node that watches its source", () => {
  it("leaves everything as it is when a file is only written again", async () => {
    copy.change(VERSION, (text) => text);
    copy.change("deploy/version.js.map", (text) => `${text} `);
    await sleep(2_000);
    assert.deepEqual(seen("reload.noticed"), []);
  });

  it("takes up its settings file, also one that was not there", async () => {
    writeFileSync(join(place.folder, "banyan.yaml"), "limits: { burst: 201 }\n");
    await until("reload.done", 1);
    assert.match(String(seen("reload.noticed")[0]?.["what"]), /banyan\.yaml$/);
  });

  it("keeps its worker while the code is broken, and goes on when it is repaired", async () => {
    const worker = node.workerPid();
    const done = seen("reload.done").length;
    const restore = copy.change(VERSION, (text) => `${text}\nconst = ;\n`);
    await until("reload.refused", 1);
    assert.equal(node.workerPid(), worker);
    assert.equal((await node.get("/readyz")).status, 200);
    assert.match(String(seen("reload.refused")[0]?.["why"]), /SyntaxError/);
    restore();
    await until("reload.done", done + 1);
    assert.notEqual(node.workerPid(), worker);
    assert.equal((await node.get("/readyz")).status, 200);
  });

  it("runs new code as soon as it lies there, and says which file it was", async () => {
    const [noticed, done] = [seen("reload.noticed").length, seen("reload.done").length];
    copy.change(VERSION, (text) => text.replace(/return /, 'return "9.9.9" || '));
    await until("reload.done", done + 1);
    assert.deepEqual(
      seen("reload.noticed")
        .slice(noticed)
        .map(({ what }) => what),
      [VERSION],
    );
    assert.equal(seen("worker.serving").at(-1)?.["version"], "9.9.9");
    assert.equal((await node.get("/readyz")).status, 200);
  });
});

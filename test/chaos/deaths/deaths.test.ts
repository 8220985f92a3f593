import assert from "node:assert/strict";
import { it } from "node:test";
import { deaths } from "./deaths.ts";

const ENTITIES = 60;

it("two browsers go on talking, and nothing that was posted is lost or comes twice, when a node of the cluster is killed", async () => {
  const seed = Math.trunc(Math.random() * 2 ** 32);
  const say = (text: string): void => void process.stdout.write(`deaths: ${text}\n`);
  const report = await deaths({ seed, times: 1, entities: ENTITIES, say });
  say(JSON.stringify(report));
  assert.deepEqual(report.complaints, [], `seed ${seed}`);
  assert.ok(report.readBack > ENTITIES, `${report.readBack} posts were read back`);
  assert.ok(report.lines > 10, `${report.lines} lines were said`);
});

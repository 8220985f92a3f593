import assert from "node:assert/strict";
import { it } from "node:test";
import { reloads } from "./reloads.ts";

const TIMES = 6;

it("six reloads under load, one of broken code, fail no request, close no connection and lose nothing", async () => {
  const seed = Math.trunc(Math.random() * 2 ** 32);
  const say = (text: string): void => void process.stdout.write(`reloads: ${text}\n`);
  const report = await reloads({ seed, times: TIMES, brokenEvery: TIMES, say });
  say(JSON.stringify(report));
  assert.deepEqual(report.complaints, [], `seed ${seed}`);
  assert.equal(report.refused, 1);
  assert.ok(report.accepted > 100, `${report.accepted} messages were accepted`);
});

import assert from "node:assert/strict";
import { it } from "node:test";
import { soak } from "./soak.ts";

const FOR_MS = 40_000;

it("a service that is stopped, starved and kept busy restarts nobody, loses nothing and leaves nothing behind", async () => {
  const seed = Math.trunc(Math.random() * 2 ** 32);
  const say = (text: string): void => void process.stdout.write(`soak: ${text}\n`);
  const report = await soak({ seed, forMs: FOR_MS, reloads: true, say });
  say(JSON.stringify(report));
  assert.deepEqual(report.complaints, [], `seed ${seed}`);
  assert.ok(report.accepted > 1_000, `${report.accepted} messages were accepted`);
});

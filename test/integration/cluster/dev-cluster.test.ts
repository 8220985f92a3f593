import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { after, before, describe, it } from "node:test";
import { DEV_CLUSTER } from "../../support/dev-cluster.ts";
import { eventually } from "../../support/eventually.ts";
import { Banyan, banyan, workplace } from "../../support/node-process.ts";
import type { Workplace } from "../../support/node-process.ts";

const LIMIT_MS = 240_000;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("npm run dev:cluster", { timeout: LIMIT_MS }, () => {
  let place: Workplace;
  let cluster: Banyan | undefined;
  before(() => (place = workplace()));
  after(async () => {
    cluster?.child.kill("SIGINT");
    await cluster?.ended;
    place.remove();
  });

  it("runs three nodes on a Redis of its own, shows their tree, brings back who was killed, and leaves nothing behind", async () => {
    cluster = new Banyan(place.folder, ["--free-ports"], {}, DEV_CLUSTER);
    const shown = await cluster.until((_, stderr) => (/└─ c +root/.test(stderr) ? stderr : undefined));
    assert.match(shown, /cluster +cluster +running/);
    const pids = [...shown.matchAll(/process (\d+)/g)].map(([, pid]) => Number(pid));
    assert.equal(pids.length, 3);
    const dataDir = /nodes --data-dir (\S+)/.exec(shown)?.[1] ?? "";
    const seen = async () => (await banyan(place.folder, ["nodes", "--dead", "--data-dir", dataDir])).stdout;
    const serving = async () => (await seen()).match(/ up +gateway,entities,logs /g)?.length;
    await eventually(serving, 3, "all serve");
    process.kill(pids[1] ?? 0, "SIGKILL");
    const back = await cluster.until((_, stderr) => /b {2}is back: process (\d+)/.exec(stderr)?.[1]);
    pids.push(Number(back));
    // Who has killed it says so while it comes back.
    await eventually(async () => /^b +dead: reaped/m.test(await seen()), true, "the one that was killed");
    await eventually(serving, 3, "all serve again");
    cluster.child.kill("SIGINT");
    const { code } = await cluster.ended;
    assert.equal(code, 0);
    await eventually(() => pids.filter(isAlive), []);
    assert.equal(existsSync(dirname(dirname(dataDir))), false, "its folder is gone");
  });

  it("says what is missing where there is no redis-server", async () => {
    const { code, stderr } = await new Banyan(
      place.folder,
      ["--free-ports"],
      { PATH: place.folder },
      DEV_CLUSTER,
    ).ended;
    assert.equal(code, 69);
    assert.match(stderr, /redis-server is missing: sudo apt-get install redis-server/);
  });
});

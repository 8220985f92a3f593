import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { RedisServer } from "../support/redis-server.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const COMMAND_LIMIT_MS = 120_000;

/** What has to be refused by the compiler: were it not, the directive would be an error. */
const WRONG = `import type { ServiceClient } from "banyan/service";
import { LiveRoomProtocol } from "banyan/protocols/live-room";
export async function misspelt(cluster: ServiceClient): Promise<void> {
  const room = cluster.entity({ protocol: LiveRoomProtocol, type: "live-room" }, "final");
  // @ts-expect-error there is no such message
  await room.ask({ kind: "stnd" });
  // @ts-expect-error there is no such field in the answer
  console.log((await room.ask({ kind: "stand" })).offsett);
}
`;

/** A program in a folder of its own, in which the packed package is installed. */
let folder: string;
let redis: RedisServer;
before(async () => {
  redis = await RedisServer.start();
  folder = mkdtempSync(join(tmpdir(), "banyan-service-"));
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "banyan"), { recursive: true });
  const packed = execFileSync("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const archive = packed.trim().split("\n").at(-1) ?? "";
  const into = ["-xzf", join(folder, archive), "-C", join(modules, "banyan"), "--strip-components=1"];
  execFileSync("tar", into);
  // Its dependencies, as an installer would have put them there.
  for (const name of readdirSync(join(ROOT, "node_modules"))) {
    if (!name.startsWith(".")) symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  }
});
after(async () => {
  await redis.stop();
  rmSync(folder, { recursive: true });
});

describe("the package in another program", () => {
  it("is what the page of services says: its example compiles, runs, and says what it could not do", () => {
    const page = readFileSync(join(ROOT, "deploy/docs/services.md"), "utf8");
    const [, example = ""] = /```ts\n([^]*?)```/.exec(page) ?? [];
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "scores", type: "module" }));
    writeFileSync(join(folder, "scores.ts"), example);
    const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
    const compilerOptions = { ...strict, target: "es2023", module: "nodenext", types: ["node"] };
    const files = ["scores.ts", "wrong.ts"];
    writeFileSync(join(folder, "wrong.ts"), WRONG);
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
    const tsc = spawnSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", folder], {
      encoding: "utf8",
      timeout: COMMAND_LIMIT_MS,
    });
    assert.equal(tsc.stdout + tsc.stderr, "");
    const run = spawnSync(process.execPath, [join(folder, "scores.js")], {
      cwd: folder,
      encoding: "utf8",
      timeout: COMMAND_LIMIT_MS,
      env: { ...process.env, REDIS_URL: redis.url, NODE_TEST_CONTEXT: undefined },
    });
    // No node is there who could take the room.
    assert.match(run.stdout, /^not done entityMoving/, run.stderr);
    assert.equal(run.status, 0);
    assert.equal(redis.cli("zcard", "{m}:lease"), "0");
  });
});

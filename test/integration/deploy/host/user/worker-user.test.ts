import assert from "node:assert/strict";
import { accessSync, chmodSync, constants, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { findUser } from "../../../../../deploy/host/user/os-accounts.ts";
import { EXIT_CODES } from "../../../../../deploy/refusal.ts";
import type { HostReport } from "../../../../../protocols/host.ts";
import { eventually } from "../../../../support/eventually.ts";
import { banyan, startNode, workplace } from "../../../../support/node-process.ts";
import type { NodeProcess, Workplace } from "../../../../support/node-process.ts";

const NOBODY = "nobody";
const AS_NOBODY = ["--set", `host.user=${NOBODY}`];
const OUTSIDE_ROOT_MODE = 0o755;
const isRoot = process.getuid?.() === 0;

let place: Workplace;
/** The node that runs its worker as somebody else, and its port that only root may bind. */
let shared: { readonly node: NodeProcess; readonly port: number } | undefined;
before(() => {
  place = workplace();
});
after(async () => {
  await shared?.node.stop();
  place.remove();
});

/** Whether everybody may reach a path: each folder above it lets others through. */
function isReachable(path: string): boolean {
  const parent = join(path, "..");
  return (statSync(path).mode & 0o005) === 0o005 && (parent === path || isReachable(parent));
}
const CODE = fileURLToPath(new URL("../../../../../", import.meta.url));
type Define = (name: string, body: () => void | Promise<void>) => unknown;
/** Only root may start processes as somebody else, and only where somebody else may read the code. */
const itForRoot: Define = isRoot && isReachable(CODE) && isReachable(process.execPath) ? it : none;
const itForOthers: Define = isRoot ? none : it;

/** A port that only root may bind, where the system has such. */
async function privilegedPort(): Promise<number> {
  for (let port = 810; port < 1_000; port++) if (await isFree(port)) return port;
  throw new Error("no port below 1000 is free");
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function uidsOf(pid: number): string | undefined {
  return /^Uid:\t(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
}

async function workerOf(node: NodeProcess): Promise<number> {
  const { processes } = (await node.get("/v1/processes")).body as HostReport;
  return processes.find(({ role }) => role === "worker")?.pid ?? 0;
}

describe("a host that is not root", () => {
  itForOthers("refuses to run workers as somebody else", async () => {
    const { code, stderr } = await banyan(place.folder, ["start", ...AS_NOBODY]);
    assert.equal(code, EXIT_CODES.settings);
    assert.match(stderr, /^banyan: host\.user nobody: only root may/);
  });
});

describe("a host that is root", () => {
  itForRoot("refuses a user that cannot reach the data, with the path", async () => {
    chmodSync(place.folder, 0o700);
    const { code, stderr } = await banyan(place.folder, ["start", ...AS_NOBODY]);
    assert.equal(code, EXIT_CODES.settings);
    assert.match(stderr, /^banyan: user nobody \(host\.user\) cannot .*write into .*\.banyan \(EACCES\)/);
  });

  itForRoot("refuses a user that there is not", async () => {
    const { code, stderr } = await banyan(place.folder, ["start", "--set", "host.user=nobdy"]);
    assert.equal(code, EXIT_CODES.settings);
    assert.match(stderr, /^banyan: host\.user is "nobdy", and there is no such user/);
  });

  itForRoot("gives data that root has written to that user, who then goes on with it", async () => {
    const asRoot = await startNode(place.folder, ["--workers", "0"]);
    const { token, dataDir } = asRoot;
    await asRoot.stop();
    chmodSync(place.folder, OUTSIDE_ROOT_MODE);
    const port = await privilegedPort();
    const node = await startNode(place.folder, [...AS_NOBODY, "--set", `listeners.web.port=${port}`]);
    shared = { node, port };
    assert.equal(node.token, token);
    assert.equal((await node.get("/v1/tree")).status, 200);
    const { uid } = findUser(NOBODY) ?? {};
    const others = readdirSync(dataDir).filter((name) => statSync(join(dataDir, name)).uid !== uid);
    assert.deepEqual(others.toSorted(), ["banyan.pid", "control.sock", "host.lock", "node.json"]);
    assert.equal(statSync(join(dataDir, "ops-token")).uid, uid);
    accessSync(join(dataDir, "push-key"), constants.R_OK);
  });

  itForRoot(
    "binds ports that only root may, and runs its worker without root's rights, also after a reload",
    async () => {
      assert.ok(shared);
      const { node, port } = shared;
      const { uid = 0 } = findUser(NOBODY) ?? {};
      const worker = await workerOf(node);
      assert.equal(uidsOf(worker), [uid, uid, uid, uid].join("\t"));
      assert.equal(uidsOf(node.process.child.pid ?? 0), "0\t0\t0\t0");
      assert.equal((await fetch(`http://127.0.0.1:${port}/v1/openapi.json`)).status, 200);

      const reloaded = await banyan(place.folder, ["reload"]);
      assert.equal(reloaded.code, 0, reloaded.stdout + reloaded.stderr);
      // What is told of the processes is up to a second old.
      await eventually(async () => (await workerOf(node)) === worker, false, "another one serves", 60_000);
      assert.equal(uidsOf(await workerOf(node)), [uid, uid, uid, uid].join("\t"));
      assert.equal((await fetch(`http://127.0.0.1:${port}/v1/openapi.json`)).status, 200);
      assert.equal((await node.stop()).code, 0);
    },
  );
});

function none(): void {}

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { checkAccess, giveDataDirectory } from "../../../../../deploy/host/user/data-owner.ts";
import { findGroup, findUser } from "../../../../../deploy/host/user/os-accounts.ts";
import { findOsUser, spawnAs } from "../../../../../deploy/host/user/os-user.ts";
import type { OsUser } from "../../../../../deploy/host/user/os-user.ts";
import { Refusal } from "../../../../../deploy/refusal.ts";

type Define = (name: string, body: () => void | Promise<void>) => unknown;

/** There is one on every Linux and macOS, and it owns nothing. */
const NOBODY = "nobody";
const isRoot = process.getuid?.() === 0;
/** Root and everybody else meet different halves of the rule; each machine proves its own. */
const itForRoot: Define = isRoot ? it : none;
const itForOthers: Define = isRoot ? none : it;

let root: string;
before(() => {
  root = mkdtempSync(join(tmpdir(), "banyan-user-"));
  chmodSync(root, 0o755);
});
after(() => rmSync(root, { recursive: true }));

const nobody = (): OsUser => {
  const found = findOsUser({ user: NOBODY });
  assert.ok(found);
  return found;
};
const refusal = (text: RegExp) => (error: unknown) => error instanceof Refusal && text.test(error.message);

describe("the accounts of this machine", () => {
  it("are found by name and number, as id tells them", () => {
    const uid = Number(spawnSync("id", ["-u", NOBODY], { encoding: "utf8" }).stdout);
    const gid = Number(spawnSync("id", ["-g", NOBODY], { encoding: "utf8" }).stdout);
    const account = findUser(NOBODY);
    assert.deepEqual([account?.uid, account?.gid], [uid, gid]);
    assert.equal(findUser(String(uid))?.name, NOBODY);
    assert.equal(findGroup(String(gid))?.gid, gid);
    assert.equal(findUser("nobody-of-that-name"), undefined);
  });
});

describe("workers as another user", () => {
  itForOthers("are refused in words to whoever is not root", () => {
    assert.throws(() => findOsUser({ user: NOBODY }), refusal(/host\.user nobody: only root may/));
  });

  itForRoot("run with exactly that user's rights", async () => {
    const { ids, environment } = spawnAs(nobody());
    const child = spawn(
      process.execPath,
      ["-e", "console.log(process.env.HOME); setInterval(() => 0, 1e3)"],
      {
        ...ids,
        env: environment,
        cwd: "/",
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    try {
      const [home] = (await once(child.stdout, "data")) as [Buffer];
      assert.equal(String(home).trim(), nobody().home);
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      const lineOf = (name: string) => new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*$`, "m").exec(status)?.[1];
      const { uid, gid } = nobody();
      assert.equal(lineOf("Uid"), [uid, uid, uid, uid].join("\t"));
      assert.equal(lineOf("Gid"), [gid, gid, gid, gid].join("\t"));
      assert.ok(["", String(gid)].includes(lineOf("Groups") ?? ""), `groups of root: ${lineOf("Groups")}`);
      assert.equal(BigInt(`0x${lineOf("CapEff")}`), 0n, "no rights of root are left");
    } finally {
      child.kill("SIGKILL");
    }
  });

  itForRoot("own the data directory and what is in it, but not what is linked from there", () => {
    const data = join(root, "data");
    const precious = join(root, "precious");
    mkdirSync(join(data, "deep"), { recursive: true, mode: 0o700 });
    writeFileSync(join(data, "deep", "kept"), "");
    writeFileSync(join(data, "ops-token"), "", { mode: 0o600 });
    writeFileSync(join(data, "host.lock"), "");
    writeFileSync(precious, "");
    symlinkSync(precious, join(data, "soft"));
    linkSync(precious, join(data, "hard"));
    giveDataDirectory(data, nobody(), ["host.lock"]);
    const uidOf = (path: string) => statSync(path).uid;
    const { uid } = nobody();
    for (const path of [data, join(data, "deep"), join(data, "deep", "kept"), join(data, "ops-token")]) {
      assert.equal(uidOf(path), uid, path);
    }
    assert.equal(uidOf(join(data, "host.lock")), 0);
    assert.equal(uidOf(precious), 0, "neither a soft nor a hard link gives it away");
    assert.equal(statSync(data).mode & 0o777, 0o700);
    assert.equal(statSync(join(data, "ops-token")).mode & 0o777, 0o600);
  });

  itForRoot("are refused where the way is a link that could lead anywhere", () => {
    mkdirSync(join(root, "elsewhere"));
    symlinkSync(join(root, "elsewhere"), join(root, "linked"));
    assert.throws(() => giveDataDirectory(join(root, "linked"), nobody()), /ELOOP|ENOTDIR/);
    assert.equal(statSync(join(root, "elsewhere")).uid, 0);
  });

  itForRoot("are refused in words where they could not reach code or data", () => {
    const hidden = join(root, "hidden");
    mkdirSync(hidden, { mode: 0o700 });
    writeFileSync(join(hidden, "cli.js"), "");
    writeFileSync(join(root, "cli.js"), "");
    mkdirSync(join(root, "own"));
    giveDataDirectory(join(root, "own"), nobody());
    checkAccess(nobody(), { read: [join(root, "cli.js")], write: [join(root, "own")] });
    assert.throws(
      () => checkAccess(nobody(), { read: [join(hidden, "cli.js")], write: [hidden] }),
      refusal(
        /^user nobody \(host\.user\) cannot read .*hidden\/cli\.js \(EACCES\), nor write into .*hidden \(EACCES\); give it access/,
      ),
    );
  });
});

function none(): void {}

import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findUser, lineOf, parseAccount, parseGroup } from "../../../../../deploy/host/user/os-accounts.ts";
import { findOsUser, spawnAs } from "../../../../../deploy/host/user/os-user.ts";
import type { UserFacts } from "../../../../../deploy/host/user/os-user.ts";
import { Refusal } from "../../../../../deploy/refusal.ts";

const PASSWD = `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
12:x:500:500::/home/twelve:
web:x:12:33:,,,:/var/www:/bin/sh
bare:x:40:41
homeless:x:41:999:::/bin/sh
`;
const GROUP = `root:x:0:
www-data:x:33:web,daemon
`;

const facts = (ownUid: number | undefined): UserFacts => ({
  ownUid,
  ownGid: ownUid,
  findUser: (name) => parseAccount(lineOf(PASSWD, name)),
  findGroup: (name) => parseGroup(lineOf(GROUP, name)),
});

describe("the accounts of the system", () => {
  it("are found by name and by number, a name first", () => {
    assert.deepEqual(parseAccount(lineOf(PASSWD, "web")), {
      name: "web",
      uid: 12,
      gid: 33,
      home: "/var/www",
    });
    assert.equal(parseAccount(lineOf(PASSWD, "12"))?.uid, 500);
    assert.equal(parseAccount(lineOf(PASSWD, "0"))?.name, "root");
    assert.equal(parseAccount(lineOf(PASSWD, "homeless"))?.home, "/");
    assert.equal(parseAccount(lineOf(PASSWD, "we")), undefined);
    assert.deepEqual(parseGroup(lineOf(GROUP, "www-data")), { name: "www-data", gid: 33 });
  });

  it("are not made up from lines that are something else", () => {
    fc.assert(
      fc.property(fc.string(), (line) => {
        const account = parseAccount(line);
        if (account !== undefined) assert.ok(Number.isInteger(account.uid) && Number.isInteger(account.gid));
      }),
    );
    assert.equal(parseAccount("web:x:twelve:33::/:"), undefined);
    assert.equal(parseAccount("web:x:-1:33::/:"), undefined);
    assert.equal(parseGroup("web:x"), undefined);
  });

  it("are not looked up where a name is an option or a path", () => {
    for (const name of ["-s", "--service=files", "../passwd", "a b", "", "root:x", "root\n"]) {
      assert.equal(findUser(name), undefined, name);
    }
  });
});

describe("the user of the workers", () => {
  it("is whoever the host runs as, where nothing else is set", () => {
    assert.equal(findOsUser({}, facts(0)), undefined);
    assert.equal(findOsUser({ user: "root" }, facts(0)), undefined);
    assert.equal(findOsUser({ user: "daemon", group: "1" }, facts(1)), undefined);
    assert.deepEqual(spawnAs(undefined), { ids: {}, environment: {} });
  });

  it("has its own group unless another is set, and its own home", () => {
    const web = findOsUser({ user: "web" }, facts(0));
    assert.deepEqual(web, { user: "web", group: "www-data", uid: 12, gid: 33, home: "/var/www" });
    assert.deepEqual(findOsUser({ user: "web", group: "root" }, facts(0)), {
      ...web,
      group: "root",
      gid: 0,
    });
    assert.equal(findOsUser({ group: "www-data" }, facts(0))?.uid, 0);
    assert.deepEqual(spawnAs(web), {
      ids: { uid: 12, gid: 33 },
      environment: { HOME: "/var/www", USER: "web", LOGNAME: "web" },
    });
  });

  it("may have a group without a name", () => {
    assert.equal(findOsUser({ user: "homeless" }, facts(0))?.gid, 999);
  });

  it("is refused when there is no such user or group, or when only root could do it", () => {
    const refused = (wanted: { user?: string; group?: string }, ownUid: number | undefined, why: RegExp) =>
      assert.throws(
        () => findOsUser(wanted, facts(ownUid)),
        (error) => error instanceof Refusal && why.test(error.message),
      );
    refused({ user: "nobdy" }, 0, /host\.user is "nobdy", and there is no such user/);
    refused({ user: "web", group: "wheel" }, 0, /host\.group is "wheel", and there is no such group/);
    refused({ user: "web" }, 1, /host\.user web: only root may .* this is user 1; start the host as root/);
    refused({ user: "web", group: "root" }, undefined, /host\.user web and host\.group root: this system/);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ReadSize } from "../../../actors/logs/puller/read-size.ts";
import type { FaultKind } from "../../../deploy/dev/sls/faults.ts";
import { CredentialsKeeper } from "../../../runtime/sls/credentials-keeper.ts";
import { ServerClock } from "../../../runtime/sls/server-clock.ts";
import { SlsError } from "../../../runtime/sls/sls-error.ts";
import { eventually } from "../../support/eventually.ts";
import { KEY, keeperOf, SlsWorld } from "../../support/sls-world.ts";

const HOUR_MS = 3_600_000;
/** Short enough for a test, and long enough for a busy machine to answer within. */
const SHORT_MS = 700;

describe("a client of SLS whose service fails", async () => {
  const world = await SlsWorld.open(1);
  world.store(8);
  const { faults } = world.server;

  const silent: readonly FaultKind[] = [{ kind: "hang" }, { kind: "stall" }, { kind: "drip", everyMs: 20 }];
  for (const fault of silent) {
    it(`gives a pull up in its time and goes on over a new socket: ${fault.kind}`, async () => {
      const logstore = world.logstore({ callTimeoutMs: SHORT_MS });
      const cursor = await logstore.cursor(0, "begin");
      faults.add({ ...fault, call: "pull" });
      await assert.rejects(logstore.pull(0, { cursor, count: 8 }), {
        code: "callTimeout",
        isTimeout: true,
        remedy: "retry",
      });
      // The old socket is gone; nothing lives on behind the limit.
      await eventually(() => openSockets(world), 0);
      assert.equal((await logstore.pull(0, { cursor, count: 8 })).groups, 8);
    });
  }

  const spoilt: readonly FaultKind[] = [{ kind: "wrongSize" }, { kind: "wrongCount" }, { kind: "truncate" }];
  for (const fault of spoilt) {
    it(`uses nothing of an answer that contradicts itself: ${fault.kind}`, async () => {
      const logstore = world.logstore();
      const cursor = await logstore.cursor(0, "begin");
      faults.add({ ...fault, call: "pull" });
      await assert.rejects(logstore.pull(0, { cursor, count: 8 }), { code: "badAnswer", remedy: "retry" });
      assert.equal((await logstore.pull(0, { cursor, count: 8 })).groups, 8);
    });
  }

  it("sends once more what changes nothing when an idle socket was closed under it, and tells of a second reset", async () => {
    const logstore = world.logstore();
    const cursor = await logstore.cursor(0, "begin");
    faults.add({ kind: "reset", call: "pull" });
    assert.equal((await logstore.pull(0, { cursor, count: 8 })).groups, 8);
    faults.add({ kind: "reset", call: "pull", times: 2 });
    await assert.rejects(logstore.pull(0, { cursor, count: 8 }), { code: "connectionLost", remedy: "retry" });
  });

  it("puts nothing twice when the answer to a put is lost", async () => {
    const logstore = world.logstore();
    await logstore.listShards();
    const before = world.shard().log.end;
    faults.add({ kind: "lostAnswer", call: "put" });
    const [group] = [world.shard().log.at(before - 1n)?.bytes ?? new Uint8Array()];
    await assert.rejects(logstore.put(group), { code: "connectionLost" });
    assert.equal(world.shard().log.end, before + 1n);
  });

  it("calls a pull off at once, with its socket", async () => {
    const logstore = world.logstore();
    const cursor = await logstore.cursor(0, "begin");
    faults.add({ kind: "hang", call: "pull" });
    const abort = new AbortController();
    const pull = logstore.pull(0, { cursor, count: 8 }, abort.signal);
    await eventually(() => openSockets(world), 1);
    abort.abort();
    await assert.rejects(pull, { code: "aborted" });
    await eventually(() => openSockets(world), 0);
    await assert.rejects(logstore.pull(0, { cursor, count: 8 }, AbortSignal.abort()), { code: "aborted" });
  });

  it("says what the service says, and what to do about it", async () => {
    const logstore = world.logstore();
    faults.add({ kind: "error", status: 503, code: "ServerBusy", message: "later", call: "listShards" });
    faults.add({ kind: "error", status: 403, code: "ProjectForbidden", call: "listShards" });
    await assert.rejects(logstore.listShards(), (error: unknown) => {
      assert.ok(error instanceof SlsError);
      assert.deepEqual(
        [error.code, error.status, error.remedy, error.message],
        ["ServerBusy", 503, "retry", "ServerBusy: later"],
      );
      assert.match(error.requestId ?? "", /^[0-9A-F]{24}$/);
      return true;
    });
    await assert.rejects(logstore.listShards(), { code: "ProjectForbidden", remedy: "stop" });
  });

  it("learns the time of a service whose clock is an hour off, and is right from then on", async () => {
    const clock = new ServerClock({ wallMs: Date.now });
    const logstore = world.logstore({ clock });
    for (const skewMs of [HOUR_MS, -HOUR_MS]) {
      world.server.clock.skewMs = skewMs;
      assert.equal((await logstore.listShards()).length, 1);
      assert.ok(Math.abs(clock.offsetMs - skewMs) < 60_000);
    }
    world.server.clock.skewMs = 0;
    assert.equal((await logstore.listShards()).length, 1);
  });

  it("refreshes a temporary key that has run out, once for all clients, and says so when there is no other", async () => {
    const keys = [
      { id: "temporary-1", secret: "one", token: "token-1", expiresAtMs: Date.now() - 1000 },
      { id: "temporary-2", secret: "two", token: "token-2", expiresAtMs: Date.now() + HOUR_MS },
    ];
    const renewing = await SlsWorld.open(1, { keys });
    let nowMs = Date.now();
    const handedOut: string[] = [];
    const credentials = new CredentialsKeeper(
      async () => {
        const key = keys[Math.min(handedOut.length, 1)];
        handedOut.push(key?.id ?? "");
        return { accessKeyId: key?.id ?? "", accessKeySecret: key?.secret ?? "", securityToken: key?.token };
      },
      () => nowMs,
    );
    const [one, other] = [renewing.logstore({ credentials }), renewing.logstore({ credentials })];
    await credentials.current();
    nowMs += HOUR_MS;
    await Promise.all([one.listShards(), other.listShards()]);
    assert.deepEqual(handedOut, ["temporary-1", "temporary-2"]);
    const wrong = renewing.logstore({ credentials: keeperOf({ id: "nobody", secret: "none" }) });
    await assert.rejects(wrong.listShards(), { code: "Unauthorized", remedy: "renewCredentials" });
  });

  it("stops when its signature is refused although the time is right", async () => {
    const logstore = world.logstore({ credentials: keeperOf({ id: KEY.id, secret: "wrong" }) });
    await assert.rejects(logstore.listShards(), { code: "SignatureNotMatch", status: 401, remedy: "stop" });
  });

  it("says what to look at when it signs for another region, or asks for a project of another one", async () => {
    const regional = await SlsWorld.open(1, { region: "cn-shanghai" });
    assert.equal((await regional.logstore({ v4Region: "cn-shanghai" }).listShards()).length, 1);
    await assert.rejects(regional.logstore({ v4Region: "cn-beijing" }).listShards(), {
      code: "SignatureNotMatch",
      message:
        /; the secret is not that of the key, or the region of signature v4 is not that of the project$/,
    });
    await assert.rejects(regional.logstore({ project: "elsewhere" }).listShards(), {
      code: "ProjectNotExist",
      message: /; a project is known at the endpoint of its own region only$/,
    });
  });

  it("gets over a link so slow that only small pulls are in time", async () => {
    const logstore = world.logstore({ callTimeoutMs: SHORT_MS });
    const size = new ReadSize(8);
    const cursor = await logstore.cursor(0, "begin");
    faults.add({ kind: "hang", call: "pull", times: 3 });
    const tried: number[] = [];
    for (let got = 0; got === 0;) {
      tried.push(size.units);
      got = await logstore.pull(0, { cursor, count: size.units }).then(
        ({ groups }) => groups,
        () => 0,
      );
      if (got === 0) size.halve();
    }
    assert.deepEqual(tried, [8, 4, 2, 1]);
  });
});

/** Sockets over which the server has a call that it has not answered. */
function openSockets({ server }: SlsWorld): number {
  return server.openCalls;
}

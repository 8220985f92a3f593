import AlicloudLog from "@alicloud/log";
import assert from "node:assert/strict";
import { Agent } from "node:http";
import { describe, it } from "node:test";
import { inflateSync } from "node:zlib";
import { countGroups } from "../../../runtime/sls/log-group-list.ts";
import { decodeLogGroups } from "../../../runtime/sls/decode-log-groups.ts";
import { sha256Hex, signV4, dateV4 } from "../../../runtime/sls/signature-v4.ts";
import { sequenceOf } from "../../../runtime/sls/sls-cursor.ts";
import { SlsConsumerGroup } from "../../../runtime/sls/sls-consumer-group.ts";
import { sendRaw } from "../../support/sls-request.ts";
import type { RawCall } from "../../support/sls-request.ts";
import { KEY, LOGSTORE, PROJECT, sampleGroup, SlsWorld } from "../../support/sls-world.ts";

const SHARDS = `/logstores/${LOGSTORE}/shards`;
const PROTOBUF = { "content-type": "application/x-protobuf" };

/** The parts of the official package that it is used by here. */
interface OfficialClient {
  createLogStore(project: string, name: string, data: object, options: object): Promise<unknown>;
  listLogStore(project: string, data: object, options: object): Promise<{ logstores: string[] }>;
  postLogStoreLogs(project: string, name: string, data: object, options: object): Promise<unknown>;
}

describe("the SLS server for tests", async () => {
  const world = await SlsWorld.open(1);
  const { url } = world.server;
  const send = (call: RawCall) => sendRaw(url, call);
  const logstore = world.logstore();

  it("takes the project from Host, with a port and without", async () => {
    for (const host of [`${PROJECT}.sls.test`, `${PROJECT}.sls.test:1234`]) {
      assert.equal((await send({ path: SHARDS, host })).status, 200, host);
    }
    const other = await send({ path: SHARDS, host: "other.sls.test" });
    assert.equal(other.status, 404);
    assert.match(other.body.toString(), /"errorCode":"ProjectNotExist"/);
  });

  it("verifies v1 with SHA-1 and with SHA-256, and refuses another signature", async () => {
    assert.equal((await send({ path: SHARDS, hash: "sha1" })).status, 200);
    assert.equal((await send({ path: SHARDS, hash: "sha256" })).status, 200);
    const forged = await send({ path: SHARDS, unsigned: { "x-log-bodyrawsize": "1" } });
    assert.equal(forged.status, 401);
    assert.match(forged.body.toString(), /SignatureNotMatch/);
  });

  it("takes x-log-date for Date in v1 and leaves it out of the signed headers", async () => {
    const date = new Date(Date.now() - 60_000).toUTCString();
    assert.equal((await send({ path: SHARDS, headers: { "x-log-date": date } })).status, 200);
    // As the Python package does: the same date once more, behind the signature.
    const now = new Date().toUTCString();
    const late = await send({ path: SHARDS, headers: { date: now }, unsigned: { "x-log-date": now } });
    assert.equal(late.status, 200);
  });

  it("includes x-log-date in v4, and the host as it was sent", async () => {
    const bodyHash = sha256Hex("");
    const host = `${PROJECT}.sls.test`;
    const headers = {
      "x-log-apiversion": "0.6.0",
      "x-log-date": dateV4(Date.now()),
      "x-log-content-sha256": bodyHash,
    };
    const signed = { verb: "GET", path: SHARDS, query: {}, headers: { ...headers, host }, bodyHash };
    const authorization = signV4(signed, { ...KEY, region: "cn-shanghai" });
    const call = { path: SHARDS, host, headers: { ...headers, authorization }, isUnsigned: true };
    assert.equal((await send(call)).status, 200);
    const earlier = { ...call.headers, "x-log-date": dateV4(Date.now() - 5000) };
    assert.equal((await send({ ...call, headers: earlier })).status, 401);
    assert.equal((await send({ ...call, host: `${PROJECT}.sls.test:80` })).status, 401);
  });

  it("reads bodies in chunks, header names in any case, and JSON without x-log-bodyrawsize", async () => {
    const body = sampleGroup(7);
    const put = await send({ verb: "POST", path: `${SHARDS}/lb`, headers: PROTOBUF, body, isChunked: true });
    assert.equal(put.status, 200, put.body.toString());
    const upper = { "X-LOG-APIVERSION": "0.6.0", "Content-Type": "application/x-protobuf" };
    assert.equal(
      (await send({ verb: "POST", path: `/logstores/${LOGSTORE}`, headers: upper, body })).status,
      200,
    );
    const group = JSON.stringify({ consumerGroup: "checked", timeout: 60, order: false });
    const made = await send({ verb: "POST", path: `/logstores/${LOGSTORE}/consumergroups`, body: group });
    assert.equal(made.status, 200, made.body.toString());
  });

  it("answers with nothing, and with no type of it, where there is nothing to say", async () => {
    const body = sampleGroup(8);
    const { headers } = await send({ verb: "POST", path: `${SHARDS}/lb`, headers: PROTOBUF, body });
    assert.equal(headers["content-type"], undefined);
    assert.equal(headers["content-length"], "0");
    assert.match(String(headers["x-log-requestid"]), /^[0-9A-F]{24}$/);
  });

  it("takes forceSuccess=True, and speaks in bare lists", async () => {
    const path = `/logstores/${LOGSTORE}/consumergroups/checked`;
    const heartbeat = await send({ verb: "POST", path: `${path}?type=heartbeat&consumer=c1`, body: "[]" });
    assert.equal(heartbeat.body.toString(), "[0]");
    const body = JSON.stringify({ shard: 0, checkpoint: await logstore.cursor(0, "begin") });
    const query = "type=checkpoint&consumer=c2&forceSuccess=";
    assert.equal((await send({ verb: "POST", path: `${path}?${query}True`, body })).status, 200);
    const fenced = await send({ verb: "POST", path: `${path}?${query}False`, body });
    assert.match(fenced.body.toString(), /ConsumerNotExist/);
    assert.ok(Array.isArray(JSON.parse((await send({ path })).body.toString())));
  });

  it("pulls by type=log and type=logs, packed as the caller wants, with a count that is true", async () => {
    const cursor = await logstore.cursor(0, "begin");
    const unpack = { deflate: inflateSync, gzip: inflateSync, "": (body: Buffer) => body };
    for (const type of ["log", "logs"]) {
      for (const [encoding, undo] of Object.entries(unpack)) {
        const path = `${SHARDS}/0?type=${type}&cursor=${encodeURIComponent(cursor)}&count=100`;
        const { headers, body } = await send({ path, headers: { "accept-encoding": encoding } });
        const raw = undo(body);
        assert.equal(headers["x-log-compresstype"] ?? "", encoding);
        assert.equal(headers["x-log-bodyrawsize"], String(raw.length));
        assert.equal(headers["x-log-count"], String(countGroups(raw)));
        assert.equal(headers["content-encoding"], undefined);
      }
    }
  });

  it("serves the official Node package: making, listing, putting", async () => {
    const lookup = (_host: string, options: { all?: boolean }, done: (...found: unknown[]) => void): void =>
      options.all === true ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);
    const agent = new Agent({ keepAlive: true, lookup: lookup as never });
    const official = new AlicloudLog({
      endpoint: `sls.test:${new URL(url).port}`,
      accessKeyId: KEY.id,
      accessKeySecret: KEY.secret,
    } as never) as unknown as OfficialClient;
    await official.createLogStore(PROJECT, "official", { ttl: 3, shardCount: 1 }, { agent });
    const { logstores } = await official.listLogStore(PROJECT, {}, { agent });
    assert.ok(logstores.includes("official"));
    const logs = [{ timestamp: Math.floor(Date.now() / 1000), content: { status: "404" } }];
    await official.postLogStoreLogs(PROJECT, LOGSTORE, { logs, topic: "of the package" }, { agent });
    agent.destroy();
    const { body } = await logstore.pull(0, { cursor: await logstore.cursor(0, "begin"), count: 1000 });
    const last = decodeLogGroups(body).at(-1);
    assert.deepEqual([last?.topic, last?.logs[0]?.fields], ["of the package", [["status", "404"]]]);
  });

  it("refuses a put that is damaged, packed wrongly, too old, or without logs", async () => {
    const refused = async (call: Partial<RawCall>): Promise<string> => {
      const { body } = await send({ verb: "POST", path: `${SHARDS}/lb`, headers: PROTOBUF, ...call });
      return String((JSON.parse(body.toString()) as { errorCode: string }).errorCode);
    };
    const group = sampleGroup(9);
    assert.equal(await refused({ body: group.subarray(0, group.length - 3) }), "PostBodyInvalid");
    assert.equal(await refused({ body: new Uint8Array([0x1a, 1, 65]) }), "PostBodyInvalid");
    const packed = { ...PROTOBUF, "x-log-compresstype": "lz4", "x-log-bodyrawsize": "9" };
    assert.equal(await refused({ body: group, headers: packed }), "PostBodyUncompressError");
    const old = Buffer.from([0x0a, 2, 0x08, 1]);
    assert.equal(await refused({ body: old }), "PostBodyInvalid");
    assert.equal(await refused({ body: group, path: `${SHARDS}/route?key=zz` }), "InvalidKey");
  });

  it("says that nothing is new with no bytes at all, and by HEAD where to go on", async () => {
    const end = encodeURIComponent(await logstore.cursor(0, "end"));
    const { headers, body } = await send({
      path: `${SHARDS}/0?type=log&cursor=${end}&count=1`,
      headers: { "accept-encoding": "lz4" },
    });
    assert.deepEqual(
      [headers["x-log-count"], headers["x-log-bodyrawsize"], headers["x-log-compresstype"], body.length],
      ["0", "0", undefined, 0],
    );
    assert.equal(headers["x-log-end-of-cursor"], "1");
    const begin = encodeURIComponent(await logstore.cursor(0, "begin"));
    const head = await send({ verb: "HEAD", path: `${SHARDS}/0?type=log&cursor=${begin}&count=1` });
    assert.deepEqual([head.status, head.headers["x-log-count"], head.body.length], [200, "1", 0]);
  });

  it("numbers the groups of a pull without gaps, up to the one that it names in decimals", async () => {
    const begin = await logstore.cursor(0, "begin");
    const path = `${SHARDS}/0?type=log&cursor=${encodeURIComponent(begin)}&count=2`;
    const { headers } = await send({ path });
    assert.equal(headers["x-log-count"], "2");
    const last = BigInt(String(headers["x-log-read-last-cursor"]));
    assert.equal(last, (sequenceOf(begin) ?? 0n) + 1n);
    assert.equal(sequenceOf(String(headers["x-log-cursor"])), last + 1n);
  });

  it("lists groups as a bare list, and says of every refusal what and why", async () => {
    const path = `/logstores/${LOGSTORE}/consumergroups`;
    const listed = JSON.parse((await send({ path })).body.toString()) as unknown;
    assert.deepEqual(listed, [{ name: "checked", timeout: 60, order: false }]);
    const { status, headers, body } = await send({ path: `${path}/nowhere` });
    assert.deepEqual([status, headers["content-type"]], [404, "application/json"]);
    assert.deepEqual(Object.keys(JSON.parse(body.toString()) as object), ["errorCode", "errorMessage"]);
  });

  it("fails on command, with each status, late, and by a clock that is wrong", async () => {
    const { faults, clock } = world.server;
    for (const status of [401, 403, 500, 503]) {
      faults.add({ kind: "error", status, code: "Ordered", call: "listShards" });
      const { status: answered, body } = await send({ path: SHARDS });
      assert.deepEqual([answered, /"errorCode":"Ordered"/.test(body.toString())], [status, true]);
    }
    faults.add({ kind: "delay", ms: 60, call: "listShards" });
    const sentMs = performance.now();
    assert.equal((await send({ path: SHARDS })).status, 200);
    assert.ok(performance.now() - sentMs >= 50);
    clock.skewMs = 16 * 60_000;
    const expired = await send({ path: SHARDS });
    clock.skewMs = 0;
    assert.deepEqual([expired.status, /RequestTimeExpired/.test(expired.body.toString())], [400, true]);
    assert.ok(Math.abs(Date.parse(String(expired.headers.date)) - Date.now() - 16 * 60_000) < 60_000);
    assert.equal((await send({ path: SHARDS })).status, 200);
  });

  it("makes cursors invalid by retention, and keeps the numbers of what is left", async () => {
    world.store(5);
    const begin = await logstore.cursor(0, "begin");
    world.shard().log.dropOldest(2);
    await assert.rejects(logstore.pull(0, { cursor: begin, count: 1 }), {
      code: "InvalidCursor",
      remedy: "restartAtOldest",
    });
    const oldest = await logstore.cursor(0, "begin");
    assert.notEqual(oldest, begin);
    assert.equal((await logstore.pull(0, { cursor: oldest, count: 1 })).groups, 1);
  });

  it("ends a readonly shard where it is: next is the cursor is the end, for ever", async () => {
    await logstore.splitShard(0, "8");
    const end = await logstore.cursor(0, "end");
    for (let times = 0; times < 2; times++) {
      const pull = await logstore.pull(0, { cursor: end, count: 10 });
      assert.deepEqual([pull.next, pull.groups, pull.isAtEnd], [end, 0, true]);
    }
    const group = new SlsConsumerGroup(world.client(), LOGSTORE, "ordered");
    await group.create({ timeoutSeconds: 60, isOrdered: true });
    assert.deepEqual(await group.heartbeat("c", []), [0]);
    await group.commit(0, end, { consumer: "c" });
    assert.deepEqual(await group.heartbeat("c", [0]), [1, 2]);
  });

  it("refuses more reads of a shard in a second than its quota", async () => {
    const small = await SlsWorld.open(1, { readsPerSecond: 2, wallMs: () => 1_700_000_000_000 });
    const reader = small.logstore({ clock: small.server.clock as never });
    const cursor = await reader.cursor(0, "begin");
    for (let times = 0; times < 2; times++) await reader.pull(0, { cursor, count: 1 });
    await assert.rejects(reader.pull(0, { cursor, count: 1 }), {
      code: "ShardReadQuotaExceed",
      remedy: "slowDown",
    });
  });
});

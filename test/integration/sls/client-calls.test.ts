import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeLogGroups } from "../../../runtime/sls/decode-log-groups.ts";
import { SlsConsumerGroup, listConsumerGroups } from "../../../runtime/sls/sls-consumer-group.ts";
import { groupsBetween } from "../../../runtime/sls/sls-cursor.ts";
import { createLogstore, listLogstores, listProjects } from "../../../runtime/sls/sls-project.ts";
import { LOGSTORE, PROJECT, sampleGroup, SlsWorld } from "../../support/sls-world.ts";

const MIDDLE = "8".padEnd(32, "0");

for (const v4Region of [undefined, "cn-shanghai"]) {
  describe(`a client of SLS that signs by ${v4Region === undefined ? "v1" : "v4"}`, async () => {
    const world = await SlsWorld.open(2, {});
    const client = world.client({ v4Region });
    const logstore = world.logstore({ v4Region });

    it("lists projects, makes a logstore and lists it", async () => {
      assert.deepEqual(await listProjects(client, { offset: 0, size: 10 }), [PROJECT]);
      await createLogstore(client, { name: "other", ttlDays: 3, shards: 4 });
      assert.deepEqual(await listLogstores(client, { offset: 0, size: 10 }), [LOGSTORE, "other"]);
    });

    it("puts log groups into the shard of a key and pulls them in order, also byte for byte", async () => {
      const [low, high] = (await logstore.listShards()).toSorted((a, b) => a.id - b.id);
      assert.deepEqual([low?.beginKey, low?.endKey, high?.endKey], ["0".repeat(32), MIDDLE, "f".repeat(32)]);
      const groups = [0, 1, 2].map(sampleGroup);
      for (const group of groups) await logstore.put(group, "9");
      const begin = await logstore.cursor(1, "begin");
      const pull = await logstore.pull(1, { cursor: begin, count: 2 });
      assert.equal(pull.groups, 2);
      assert.equal(pull.isAtEnd, false);
      assert.equal(groupsBetween(begin, pull.next), 2n);
      const rest = await logstore.pull(1, { cursor: pull.next, count: 1000 });
      assert.equal(rest.isAtEnd, true);
      assert.equal(rest.next, await logstore.cursor(1, "end"));
      const ids = [pull, rest]
        .flatMap(({ body }) => decodeLogGroups(body))
        .map(({ logs }) => logs[0]?.fields[0]);
      assert.deepEqual(ids, [
        ["id", "0"],
        ["id", "1"],
        ["id", "2"],
      ]);
      const idle = await logstore.pull(1, { cursor: rest.next, count: 1000 });
      assert.deepEqual([idle.groups, idle.next, idle.body.length], [0, rest.next, 0]);
      const bounded = await logstore.pull(1, { cursor: begin, count: 1000, endCursor: pull.next });
      assert.deepEqual([bounded.groups, bounded.next], [2, pull.next]);
    });

    it("finds positions by time, and the time of a position", async () => {
      const begin = await logstore.cursor(1, "begin");
      assert.equal(await logstore.cursor(1, { receivedAtMs: Date.now() - 3_600_000 }), begin);
      assert.equal(
        await logstore.cursor(1, { receivedAtMs: Date.now() + 3_600_000 }),
        await logstore.cursor(1, "end"),
      );
      assert.ok(Math.abs((await logstore.cursorTimeMs(1, begin)) - Date.now()) < 60_000);
    });

    it("splits and merges shards", async () => {
      const split = await logstore.splitShard(0, "4");
      assert.deepEqual(
        split.map(({ id, isReadonly }) => [id, isReadonly]),
        [
          [0, true],
          [2, false],
          [3, false],
        ],
      );
      const merged = await logstore.mergeShards(2);
      assert.deepEqual(
        merged.map(({ id, isReadonly }) => [id, isReadonly]),
        [
          [4, false],
          [2, true],
          [3, true],
        ],
      );
      await logstore.deleteShard(2);
      assert.deepEqual(
        (await logstore.listShards()).map(({ id }) => id),
        [4, 3, 1, 0],
      );
      await assert.rejects(logstore.cursor(2, "begin"), { code: "ShardNotExist", remedy: "finishShard" });
    });

    it("works in a consumer group: joins, commits while it holds the shard, and reads what is committed", async () => {
      const group = new SlsConsumerGroup(client, LOGSTORE, "counters");
      await assert.rejects(group.heartbeat("one", []), {
        code: "ConsumerGroupNotExist",
        remedy: "recreateGroup",
      });
      await group.create({ timeoutSeconds: 60, isOrdered: false });
      await group.update({ isOrdered: true });
      const entry = { name: "counters", timeoutSeconds: 60, isOrdered: true };
      assert.deepEqual(await listConsumerGroups(client, LOGSTORE), [entry]);
      await assert.rejects(group.heartbeat("one", [1]), {
        code: "NotExistConsumerWithBody",
        remedy: "rejoin",
      });
      // The others are children of a shard that is not read to its end.
      assert.deepEqual(await group.heartbeat("one", []), [0, 1]);
      const end = await logstore.cursor(1, "end");
      await group.commit(1, end, { consumer: "one" });
      await assert.rejects(group.commit(1, end, { consumer: "two" }), {
        code: "ConsumerNotExist",
        remedy: "rejoin",
      });
      await group.commit(1, end, "byForce");
      const [checkpoint] = await group.checkpoints(1);
      assert.deepEqual([checkpoint?.cursor, checkpoint?.shard], [end, 1]);
      assert.deepEqual(await group.checkpoints(99), []);
      assert.equal((await group.checkpoints(3))[0]?.cursor, undefined);
      await group.remove();
      await assert.rejects(group.checkpoints(), { code: "ConsumerGroupNotExist" });
    });
  });
}

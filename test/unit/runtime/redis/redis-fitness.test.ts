import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DURABILITIES, suffices } from "../../../../runtime/persistence/durability.ts";
import { factsOf } from "../../../../runtime/redis/redis-facts.ts";
import { redisFitness } from "../../../../runtime/redis/redis-fitness.ts";
import type { RedisFacts } from "../../../../runtime/redis/redis-fitness.ts";

const GOOD: RedisFacts = {
  version: "7.0.15",
  role: "primary",
  evictionPolicy: "noeviction",
  keepsAppendFile: true,
  appendFsync: "always",
  onlineReplicas: 1,
  minReplicasToWrite: 1,
};

function problems(facts: Partial<RedisFacts>, asked = DURABILITIES[0]!): string {
  return redisFitness({ ...GOOD, ...facts }, asked).problems.join("; ");
}

describe("the fitness of a Redis", () => {
  it("is complete when it can promise the most", () => {
    assert.deepEqual(redisFitness(GOOD, "replicated"), {
      problems: [],
      warnings: [],
      strongest: "replicated",
    });
  });

  it("promises no more than it is set up to hold", () => {
    const strongest = (facts: Partial<RedisFacts>) => redisFitness({ ...GOOD, ...facts }, "memory").strongest;
    assert.equal(strongest({ onlineReplicas: 0 }), "fsync");
    assert.equal(strongest({ appendFsync: "everysec" }), "periodic");
    assert.equal(strongest({ appendFsync: "no" }), "memory");
    assert.equal(strongest({ appendFsync: undefined }), "memory");
    assert.equal(strongest({ keepsAppendFile: false }), "memory");
  });

  it("is refused in words that say what to change", () => {
    assert.match(problems({ version: "6.2.7" }), /6\.2\.7 is too old: 7\.0/);
    assert.match(problems({ role: "replica" }), /replica, which takes no writes/);
    assert.match(problems({ evictionPolicy: "allkeys-lru" }), /maxmemory-policy is allkeys-lru.*noeviction/);
    assert.match(problems({ keepsAppendFile: false }, "fsync"), /appendonly yes/);
    assert.match(problems({ appendFsync: "everysec" }, "fsync"), /appendfsync is everysec.*needs always/);
    assert.match(problems({ appendFsync: "no" }, "periodic"), /needs everysec or always/);
    assert.match(problems({ appendFsync: undefined }, "fsync"), /cannot be verified.*\+config\|get/);
    assert.match(problems({ onlineReplicas: 0 }, "replicated"), /needs a replica that is online/);
  });

  it("is refused exactly when more is asked than it can promise", () => {
    for (const asked of DURABILITIES) {
      for (const appendFsync of ["always", "everysec", "no", undefined]) {
        for (const onlineReplicas of [0, 2]) {
          const { problems: found, strongest } = redisFitness(
            { ...GOOD, appendFsync, onlineReplicas },
            asked,
          );
          assert.equal(found.length === 0, suffices(strongest, asked), `${asked} of ${appendFsync}`);
        }
      }
    }
  });

  it("warns of a primary that would write on alone", () => {
    assert.match(
      redisFitness({ ...GOOD, minReplicasToWrite: 0 }, "memory").warnings.join(),
      /min-replicas-to-write/,
    );
  });

  it("is read from what a server says of itself", () => {
    const info = [
      "# Server",
      "redis_version:7.2.4",
      "maxmemory_policy:noeviction",
      "aof_enabled:1",
      "role:master",
      "connected_slaves:2",
      "slave0:ip=10.0.0.2,port=6379,state=online,offset=1,lag=0",
      "slave1:ip=10.0.0.3,port=6379,state=wait_bgsave,offset=0,lag=0",
    ].join("\r\n");
    assert.deepEqual(factsOf(info, "everysec", "1"), {
      version: "7.2.4",
      role: "primary",
      evictionPolicy: "noeviction",
      keepsAppendFile: true,
      appendFsync: "everysec",
      onlineReplicas: 1,
      minReplicasToWrite: 1,
    });
    assert.equal(factsOf("role:slave").role, "replica");
  });

  it("is told, of a Redis Cluster, that a part of it would stop all of it", () => {
    const warningsOf = (needsAllSlots: boolean) =>
      redisFitness({ ...GOOD, needsAllSlots }, "replicated").warnings;
    assert.match(warningsOf(true).join(), /cluster-require-full-coverage is yes: .* set it to no/);
    assert.deepEqual(warningsOf(false), []);
  });
});

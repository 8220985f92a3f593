import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  ENTITY_TYPES_KEY,
  INDEX_PARTS,
  KEY_FAMILIES,
  MARK_PARTS,
  MEMBER_KEYS,
  canaryKey,
  entityIndexKey,
  entityKeys,
  inboxKeys,
  indexPartOf,
  markKey,
  nonceKey,
  reminderKeys,
  topicKey,
} from "../../../../runtime/redis/redis-keys.ts";

const ID = fc.string({ minLength: 1, maxLength: 30, unit: "grapheme" });

/** What Redis hashes: what is between the first brace and the next closing one. */
function tagOf(key: string): string {
  const open = key.indexOf("{");
  return key.slice(open + 1, key.indexOf("}", open));
}

function familiesOf(key: string): string[] {
  return KEY_FAMILIES.filter(({ pattern }) => {
    const [before = "", after] = pattern.split("*");
    return after === undefined ? key === pattern : key.startsWith(before) && key.endsWith(after);
  }).map(({ name }) => name);
}

describe("the keys", () => {
  it("are each of one declared family", () => {
    const entity = { type: "chat-room", id: "a}:log{b/中" };
    const keys = [
      ...Object.values(entityKeys(entity)),
      ...Object.values(MEMBER_KEYS),
      ...Object.values(inboxKeys("host/uuid}")),
      entityIndexKey("chat-room", 3),
      ENTITY_TYPES_KEY,
      canaryKey(0, "node 1/{x}"),
      topicKey(1, "room}x", 0),
      ...Object.values(reminderKeys(255)),
      markKey(MARK_PARTS - 1),
      nonceKey("a key}", "n".repeat(128)),
    ];
    for (const key of keys) assert.equal(familiesOf(key).length, 1, key);
  });

  it("say of each family what it is for and what removes it", () => {
    assert.equal(new Set(KEY_FAMILIES.map(({ pattern }) => pattern)).size, KEY_FAMILIES.length);
    for (const { purpose, removedBy } of KEY_FAMILIES) assert.ok(purpose.length > 10 && removedBy.length > 3);
  });

  it("of a canary are those of one cluster: another database of the same server has its own", () => {
    assert.notEqual(canaryKey(0, "a"), canaryKey(1, "a"));
  });

  it("of one entity are in one hash slot, whatever its id, and those of another are others", () => {
    fc.assert(
      fc.property(ID, ID, (one, other) => {
        const keys = entityKeys({ type: "room", id: one });
        const tags = new Set(Object.values(keys).map(tagOf));
        assert.equal(tags.size, 1);
        assert.match(keys.own, /^\{a:room\/[!-z|~]+\}:own$/);
        const others = entityKeys({ type: "room", id: other });
        assert.equal(one === other, keys.log === others.log);
      }),
    );
  });

  it("spread the entities of a type over all parts of its index", () => {
    const parts = Array.from({ length: 400 }, (_, at) => indexPartOf({ type: "room", id: `room-${at}` }));
    assert.equal(new Set(parts).size, INDEX_PARTS);
  });
});

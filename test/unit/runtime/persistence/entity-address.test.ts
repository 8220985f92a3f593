import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  addressProblem,
  entityKey,
  entityText,
  parseEntityKey,
  parseEntityText,
} from "../../../../runtime/persistence/entity-address.ts";

const TYPE = fc.stringMatching(/^[a-z][A-Za-z0-9-]{0,20}$/);
const ID = fc.string({ unit: "binary", minLength: 1, maxLength: 40 });
const ENTITY = fc.record({ type: TYPE, id: ID }, { noNullPrototype: true });

describe("the address of an entity", () => {
  it("is readable where it can be", () => {
    assert.equal(entityText({ type: "live-room", id: "match-7" }), "entity:live-room/match-7");
    assert.equal(
      entityText({ type: "room", id: "chat/大厅 {1}" }),
      "entity:room/chat%2F%E5%A4%A7%E5%8E%85%20%7B1%7D",
    );
    assert.equal(entityText({ type: "time-block", id: "rps:29385" }), "entity:time-block/rps:29385");
  });

  it("comes back from its text and from its key, whatever the id", () => {
    fc.assert(
      fc.property(ENTITY, (entity) => {
        assert.deepEqual(parseEntityText(entityText(entity)), entity);
        assert.deepEqual(parseEntityKey(entityKey(entity)), entity);
      }),
    );
  });

  it("is different for different entities, and safe in keys", () => {
    fc.assert(
      fc.property(ENTITY, ENTITY, (one, other) => {
        const isSame = one.type === other.type && one.id === other.id;
        assert.equal(entityKey(one) === entityKey(other), isSame);
        assert.match(entityKey(one), /^[a-z][A-Za-z0-9-]*\/[A-Za-z0-9._~:@%-]+$/);
      }),
    );
  });

  it("is refused with a reason in words", () => {
    assert.match(addressProblem({ type: "Room", id: "a" }) ?? "", /a small letter first/);
    assert.match(addressProblem({ type: "a".repeat(65), id: "a" }) ?? "", /64 characters/);
    assert.match(addressProblem({ type: "room", id: "" }) ?? "", /empty/);
    assert.match(addressProblem({ type: "room", id: "中".repeat(171) }) ?? "", /512 bytes/);
    assert.match(addressProblem({ type: "room", id: "a\ud800" }) ?? "", /half a surrogate pair/);
    assert.throws(() => entityKey({ type: "room", id: "" }), { code: "addressInvalid" });
  });

  it("is none when the text is not one", () => {
    for (const text of [
      "",
      "room/a",
      "entity:room",
      "entity:room/",
      "entity:/a",
      "entity:room/%",
      "actor:n:/a",
    ]) {
      assert.equal(parseEntityText(text), undefined, text);
    }
  });
});

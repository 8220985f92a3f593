import assert from "node:assert/strict";
import { describe, it } from "node:test";
import Type from "typebox";
import { openType } from "../../../../actors/services/open-type.ts";
import { defineEvents } from "../../../../protocols/events.ts";
import { defineProtocol } from "../../../../protocols/protocol.ts";
import { anyReference } from "../../../../protocols/reference.ts";
import { defineEntity } from "../../../../runtime/actor/define-entity.ts";
import type { EntityType } from "../../../../runtime/sharding/entity-type.ts";
import { EntityWorld } from "../../../support/entity-world.ts";

const PostBox = defineProtocol({
  name: "postBox",
  version: 1,
  tell: {
    drop: { text: Type.String(), by: Type.Optional(anyReference()) },
    forward: { to: anyReference() },
  },
  ask: {
    count: { request: {}, reply: { counted: { count: Type.Integer() } } },
    owner: { request: {}, reply: { owned: { by: anyReference() } } },
  },
});
type Kind = "drop" | "forward" | "count" | "owner";

/** Post boxes that are open to services for these messages. */
const opened = (forServices?: readonly Kind[]) =>
  openType(
    new EntityWorld().host.offer(
      defineEntity({
        protocol: PostBox,
        type: "post-box",
        events: defineEvents({ name: "postBox", version: 1, events: {} }),
        ...(forServices === undefined ? {} : { forServices }),
        durability: "memory",
        initialState: () => undefined,
        decide: {
          drop: () => {},
          forward: () => {},
          count: (_state) => ({ reply: { kind: "counted", count: 0 } }),
          owner: (_state, _message, { self }) => ({ reply: { kind: "owned", by: self } }),
        },
        evolve: {},
      }),
    ) as unknown as EntityType,
  );

describe("a type of entities", () => {
  it("is closed to services unless it says for what it is open", () => {
    assert.equal(opened(), undefined);
    assert.equal(opened([]), undefined);
  });

  it("is open for these messages alone, without what only actors can fill, and with all answers to them", () => {
    const open = opened(["drop", "count"]);
    assert.deepEqual(Object.keys(open?.messages ?? {}), ["drop", "count"]);
    assert.deepEqual(Object.keys(open?.messages["drop"] ?? {}), ["text"]);
    assert.deepEqual(
      open?.replies.map(({ kind }) => kind),
      ["counted"],
    );
    assert.deepEqual([open?.isQuestion("count"), open?.isQuestion("drop")], [true, false]);
  });

  it("cannot be open for what needs a reference, nor for what is answered with one", () => {
    assert.throws(() => opened(["forward"]), /"forward": only an actor can fill "to"/);
    assert.throws(() => opened(["owner"]), /"owner": its answer "owned" means nothing outside/);
    assert.throws(() => opened(["knock" as Kind]), /"knock": there is no such message/);
  });
});

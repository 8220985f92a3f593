import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { actorName, readableName } from "../../../../runtime/actor/actor-name.ts";

describe("the name of an actor that stands for something named from outside", () => {
  it("is readable where it can be", () => {
    assert.equal(actorName("chat/lobby-1.2_3"), "chat$2flobby-1.2_3");
    assert.equal(actorName("live/决赛"), "live$2f$e5$86$b3$e8$b5$9b");
    assert.equal(actorName("a$2f"), "a$242f");
  });

  it("tells halves of surrogate pairs apart, which have no UTF-8", () => {
    assert.notEqual(actorName("\ud800"), actorName("\ud801"));
  });

  it("is different for different texts and holds no separator", () => {
    const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
    const text = fc.string({
      unit: fc.oneof(unit, fc.constantFrom("/", "$", "2", "f", "\ud800", "\udc00")),
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(text, text, (one, other) => (one === other) === (actorName(one) === actorName(other))),
    );
    fc.assert(fc.property(text, (one) => /^[A-Za-z0-9._$-]+$/.test(actorName(one))));
  });
});

describe("the name of an actor", () => {
  it("is read with its own characters", () => {
    assert.equal(readableName("chat$2flobby"), "chat/lobby");
    assert.equal(readableName("live$2f$e5$86$b3$e8$b5$9b"), "live/决赛");
    assert.equal(readableName("/rooms/chat$2flobby"), "/rooms/chat/lobby");
    assert.equal(readableName("100%$zz"), "100%$zz");
    assert.equal(readableName("bad$ff"), "bad$ff");
  });

  it("cannot write to the terminal", () => {
    assert.equal(readableName("$1b[2Jx"), "\u{fffd}[2Jx");
  });
});

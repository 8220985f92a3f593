import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import Type from "typebox";
import { CLIENT_FRAMES } from "../../../../protocols/client-frames.ts";
import { compileFields, compileMessages } from "../../../../runtime/codec/validator.ts";

const validate = compileMessages({
  join: {
    name: Type.String({ minLength: 1, maxLength: 5 }),
    seat: Type.Optional(Type.Integer({ minimum: 1, maximum: 9 })),
  },
  paint: {
    colour: Type.Enum(["red", "blue"]),
    at: Type.Object({ x: Type.Integer() }, { additionalProperties: false }),
    tags: Type.Optional(Type.Array(Type.String(), { maxItems: 1 })),
    code: Type.Optional(Type.String({ pattern: "^a+$" })),
    more: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { maxProperties: 1 })),
  },
});

/** The refusal of a value, without what every refusal has in common. */
function refusalOf(value: unknown): { code: string; field: string; text: string } {
  const checked = validate(value);
  assert.ok(!checked.ok, "was taken as valid");
  const { code, field, text } = checked;
  return { code, field, text };
}

describe("a message at a door", () => {
  it("is refused when its id would come back as another number", () => {
    const checked = compileMessages(CLIENT_FRAMES)({ kind: "presence", id: 2 ** 53, room: "chat/a" });
    assert.deepEqual(!checked.ok && [checked.code, checked.field], ["invalidField", "/id"]);
  });

  it("passes as it came when its kind is known and its fields fit", () => {
    const message = { kind: "join", name: "Ada" };
    const checked = validate(message);
    assert.ok(checked.ok);
    assert.equal(checked.message, message);
  });

  it("is refused when it is no object", () => {
    for (const value of [null, undefined, 1, "join", [], [{ kind: "join" }], true]) {
      assert.deepEqual(refusalOf(value), { code: "notAnObject", field: "", text: "must be an object" });
    }
  });

  it("is refused with the known kinds when its kind is not among them", () => {
    assert.deepEqual(refusalOf({ kind: "jion" }), {
      code: "unknownKind",
      field: "/kind",
      text: '"jion" is not known; known: join, paint',
    });
    assert.equal(refusalOf({}).text, "must be a string; known: join, paint");
    assert.equal(refusalOf({ kind: { toString: 1 } }).code, "unknownKind");
    assert.equal(refusalOf({ kind: "constructor" }).code, "unknownKind");
    assert.ok(
      refusalOf({ kind: "x".repeat(100_000) }).text.length < 200,
      "an error repeats only the beginning of a name",
    );
  });

  it("is refused with a pointer to the field and the limit in words", () => {
    const paint = { kind: "paint", colour: "red", at: { x: 1 } };
    const cases: [unknown, string, string][] = [
      [{ kind: "join" }, "/name", "is missing"],
      [{ kind: "join", name: 7 }, "/name", "must be a string"],
      [{ kind: "join", name: "" }, "/name", "must have at least 1 characters"],
      [{ kind: "join", name: "Adalovelace" }, "/name", "must have at most 5 characters"],
      [{ kind: "join", name: "Ada", seat: 0 }, "/seat", "must be at least 1"],
      [{ kind: "join", name: "Ada", seat: 10 }, "/seat", "must be at most 9"],
      [{ kind: "join", name: "Ada", seat: 1.5 }, "/seat", "must be an integer"],
      [{ kind: "join", name: "Ada", "a/b~": 1 }, "/a~1b~0", "is not allowed here; known: kind, name, seat"],
      [{ ...paint, colour: "green" }, "/colour", "must be one of red, blue"],
      [{ ...paint, at: {} }, "/at/x", "is missing"],
      [{ ...paint, at: { x: 1, y: 1 } }, "/at/y", "is not allowed here"],
      [{ ...paint, tags: [1] }, "/tags/0", "must be a string"],
      [{ ...paint, tags: ["a", "b"] }, "/tags", "must have at most 1 items"],
      [{ ...paint, code: "b" }, "/code", "must be a text that matches ^a+$"],
      [{ ...paint, more: { a: 1, b: 2 } }, "/more", "must have at most 1 fields"],
    ];
    for (const [value, field, text] of cases) {
      assert.deepEqual(refusalOf(value), { code: "invalidField", field, text });
    }
  });

  it("does not mistake a field of the prototype for one of its own", () => {
    assert.equal(refusalOf(JSON.parse('{"kind":"join","name":"Ada","__proto__":1}')).field, "/__proto__");
  });

  it("never throws, whatever JSON it gets", () => {
    const frames = compileMessages(CLIENT_FRAMES);
    const tagged = fc.record({ kind: fc.constantFrom(...Object.keys(CLIENT_FRAMES)) }, { requiredKeys: [] });
    const almost = fc.tuple(
      tagged,
      fc.dictionary(fc.constantFrom("id", "room", "data", "recover", "name"), fc.jsonValue()),
    );
    fc.assert(fc.property(fc.jsonValue(), (value) => void frames(value)));
    fc.assert(fc.property(almost, ([tag, rest]) => void frames({ ...tag, ...rest })));
  });

  it("always passes when it is valid", () => {
    const join = fc.record(
      {
        kind: fc.constant("join"),
        name: fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 5 }),
        seat: fc.integer({ min: 1, max: 9 }),
      },
      { requiredKeys: ["kind", "name"] },
    );
    fc.assert(fc.property(join, (message) => validate(message).ok));
  });
});

describe("the body of a request", () => {
  const check = compileFields({ room: Type.String(), data: Type.Unknown() });

  it("is checked without a kind", () => {
    assert.ok(check({ room: "chat/a", data: null }).ok);
    assert.deepEqual(check({ room: "chat/a" }), {
      ok: false,
      code: "invalidField",
      field: "/data",
      text: "is missing",
    });
    assert.deepEqual(check("room"), { ok: false, code: "notAnObject", field: "", text: "must be an object" });
  });
});

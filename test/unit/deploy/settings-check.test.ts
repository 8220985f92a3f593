import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import Value from "typebox/value";
import { checkSettings } from "../../../deploy/settings-check.ts";
import type { SettingSchema } from "../../../deploy/settings-check.ts";
import { NodeSettings } from "../../../protocols/settings.ts";

const SCHEMA = NodeSettings as unknown as SettingSchema;

/** Trees that often hit the names of real settings, so that values are judged and not only names. */
const tree = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.integer(),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom("http", "tcp", "line", "info", "127.0.0.1", "/chatroom"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names(SCHEMA), "__proto__", "constructor", "x"), tie("value"), {
      maxKeys: 5,
    }),
  ),
})).value;

function names(schema: SettingSchema): string[] {
  const own = Object.entries(schema.properties ?? {});
  const inner = [...own.map(([, property]) => property), ...(schema.items ? [schema.items] : [])];
  return [...own.map(([name]) => name), ...inner.flatMap(names)];
}

describe("checking settings", () => {
  it("accepts only what the schema allows, whatever is given", () => {
    fc.assert(
      fc.property(tree, (given) => {
        const { value, problems } = checkSettings(SCHEMA, given);
        if (problems.length === 0) assert.ok(Value.Check(NodeSettings, value), JSON.stringify(given));
      }),
      { numRuns: 500 },
    );
  });

  it("says nothing against its own result", () => {
    fc.assert(
      fc.property(tree, (given) => {
        const { value, problems } = checkSettings(SCHEMA, given);
        if (problems.length === 0) assert.deepEqual(checkSettings(SCHEMA, value), { value, problems: [] });
      }),
    );
  });

  it("gives every setting a meaning, and a default or a reason to be missing", () => {
    const nameless = [SCHEMA].flatMap(leaves).filter(({ description }) => description === undefined);
    assert.deepEqual(nameless, []);
    assert.deepEqual(checkSettings(SCHEMA, {}).problems, []);
  });

  it("does not share a default between two nodes", () => {
    const [one, other] = [checkSettings(SCHEMA, {}).value, checkSettings(SCHEMA, {}).value] as NodeSettings[];
    assert.notEqual(one?.listeners, other?.listeners);
    assert.notEqual(one?.origins, other?.origins);
  });
});

function leaves(schema: SettingSchema): SettingSchema[] {
  if (schema.type === "object") return Object.values(schema.properties ?? {}).flatMap(leaves);
  return [schema, ...(schema.items?.properties ? leaves(schema.items) : [])];
}

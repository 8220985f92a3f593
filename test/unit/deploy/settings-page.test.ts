import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { checkSettings } from "../../../deploy/settings-check.ts";
import type { SettingSchema } from "../../../deploy/settings-check.ts";
import { namedSettings } from "../../../deploy/settings-names.ts";
import { describeSettings } from "../../../deploy/settings-page.ts";
import { NodeSettings } from "../../../protocols/settings.ts";

const SCHEMA = NodeSettings as unknown as SettingSchema;

describe("the page of all settings", () => {
  it("is a valid file that changes nothing", () => {
    const { value, problems } = checkSettings(SCHEMA, parse(describeSettings(SCHEMA)));
    assert.deepEqual(problems, []);
    assert.deepEqual(value, checkSettings(SCHEMA, {}).value);
  });

  it("names and explains every setting", () => {
    const page = describeSettings(SCHEMA);
    for (const { dotted, schema } of namedSettings(SCHEMA, {})) {
      assert.ok(page.includes(`${dotted.split(".").at(-1)}:`), dotted);
      assert.ok(page.includes(`# ${schema.description}`), dotted);
    }
  });
});

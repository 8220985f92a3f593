import assert from "node:assert/strict";
import { test } from "node:test";
import { madeUpName } from "../../../../../actors/rooms/page/made-up-name.ts";
import { MEMBER_NAME_MAX } from "../../../../../protocols/client-protocol.ts";
import { LANGUAGES } from "../../../../../runtime/pages/kit/words.ts";

test("a made-up name is one that the gateway takes", () => {
  for (const language of LANGUAGES) {
    for (const number of [0, 0.3, 0.999_999]) {
      const name = madeUpName(language, () => number);
      assert.ok(name.length > 3 && name.length <= MEMBER_NAME_MAX && name.trim() === name, name);
    }
  }
});

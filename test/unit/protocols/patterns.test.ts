import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HIDDEN_CHARACTERS, NAME_PATTERN, ROOM_PATTERN } from "../../../protocols/patterns.ts";

const fits = (pattern: { source: string }, text: string) => new RegExp(pattern.source, "u").test(text);

describe("a name", () => {
  it("may be written in any script, with emoji and the joiners they need", () => {
    for (const name of ["Ann Lee", "安娜", "علی", "👩‍🚀", "O'Neil", "می‌خواهم"]) {
      assert.ok(fits(NAME_PATTERN, name), name);
    }
  });

  it("can neither rewrite a terminal nor hide, turn around or pass as another name", () => {
    for (const name of [
      "",
      "   ",
      "a\u001b[2J",
      "a\u0000",
      "a\nb",
      "a\u200bnn",
      "a\u202enn",
      "\ud800",
      "\ufeffann",
    ]) {
      assert.ok(!fits(NAME_PATTERN, name), JSON.stringify(name));
    }
  });

  it("is clean once the hidden characters are taken out", () => {
    assert.equal("a\u200bn\u202en\ud83d".replace(HIDDEN_CHARACTERS, ""), "ann");
  });
});

describe("the id of a room", () => {
  it("has a kind and a visible name without space or slash", () => {
    for (const id of ["chat/lobby", "live/决赛", "chat/a"]) assert.ok(fits(ROOM_PATTERN, id), id);
    for (const id of [
      "chat/",
      "talk/x",
      "chat/a b",
      "chat/a/b",
      "chat/a\u200b",
      `chat/${"x".repeat(65)}`,
      "live/\u0007",
    ]) {
      assert.ok(!fits(ROOM_PATTERN, id), JSON.stringify(id));
    }
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { connectionStage } from "../../../support/connection-stage.ts";

describe("a connection", () => {
  it("greets a client by the name it gives itself, and by a made-up one when it gives none", () => {
    const stage = connectionStage().begin();
    stage.says({ kind: "hello", version: 1, name: "Ada" }, { kind: "hello", version: 1 });
    const welcome = { kind: "welcome", connection: "c1", pingEveryMs: 1_000 };
    assert.deepEqual(stage.sent(), [
      { ...welcome, name: "Ada" },
      { ...welcome, name: "Ada" },
    ]);
    const nameless = connectionStage().begin();
    nameless.says({ kind: "hello", version: 1 });
    assert.deepEqual(nameless.sent(), [{ ...welcome, name: "guest-c1" }]);
  });
});

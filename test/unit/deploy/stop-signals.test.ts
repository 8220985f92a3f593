import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SignalWatch } from "../../../deploy/stop-signals.ts";

describe("a signal to stop", () => {
  it("is one and the same when the terminal and npm both deliver it", () => {
    const watch = new SignalWatch();
    assert.equal(watch.take("SIGINT", 1_000), "first");
    assert.equal(watch.take("SIGINT", 1_020), "echo");
  });

  it("is the second one when somebody has lost patience", () => {
    const watch = new SignalWatch();
    watch.take("SIGINT", 1_000);
    assert.equal(watch.take("SIGINT", 1_500), "second");
  });

  it("is the second one when it is another signal, however soon", () => {
    const watch = new SignalWatch();
    watch.take("SIGTERM", 1_000);
    assert.equal(watch.take("SIGINT", 1_001), "second");
  });
});

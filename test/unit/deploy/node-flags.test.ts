import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { leanFlags } from "../../../deploy/lean-heap.ts";
import { flagsUnless } from "../../../deploy/node-flags.ts";

describe("what Node is told of its heap", () => {
  const flags = ["--max-semi-space-size=8"];

  it("is what the operator says, however that is written", () => {
    for (const said of [
      "--max-semi-space-size=64",
      "--trace-gc --max_semi_space_size=64",
      "--max-semi-space-size 64",
    ]) {
      assert.deepEqual(flagsUnless(said, flags), []);
    }
  });

  it("is as usual where the operator says nothing of it", () => {
    for (const said of ["", "--max-old-space-size=700", "--trace-gc"]) {
      assert.deepEqual(flagsUnless(said, flags), flags);
    }
  });

  it("is to be lean only where logs are pulled", () => {
    const logs = { sources: [{ name: "shop", kind: "sls" }] } as never;
    const alone = { roles: [] } as never;
    const inCluster = (...roles: string[]) => ({ redis: "redis://127.0.0.1", roles }) as never;
    assert.equal(leanFlags({ logs, cluster: alone }, "").length, 1);
    assert.equal(leanFlags({ logs, cluster: inCluster("logs") }, "").length, 1);
    assert.deepEqual(leanFlags({ logs, cluster: inCluster("gateway", "entities") }, ""), []);
    assert.deepEqual(leanFlags({ logs: { sources: [] } as never, cluster: alone }, ""), []);
    assert.deepEqual(leanFlags({ logs, cluster: alone }, "--heap-growing-percent=100"), []);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { adviceFor } from "../../../../runtime/sls/sls-advice.ts";

describe("what people are told beside a code of SLS", () => {
  it("is the same however the service writes that there is no such project", () => {
    for (const code of ["ProjectNotExist", "ProjectNotExists", "projectnotexist"]) {
      assert.match(adviceFor(code) ?? "", /endpoint of its own region/);
    }
  });

  it("is nothing where the service says it itself", () => {
    assert.equal(adviceFor("ShardNotExist"), undefined);
  });
});

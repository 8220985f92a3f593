import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, describe, it } from "node:test";
import { TestAuthority } from "../../support/certificates.ts";
import { SlsWorld } from "../../support/sls-world.ts";

describe("a client of SLS over TLS", async () => {
  const authority = new TestAuthority();
  after(() => authority.remove());
  const own = authority.certify("sls");
  const tls = { cert: readFileSync(own.cert, "utf8"), key: readFileSync(own.key, "utf8") };
  const world = await SlsWorld.open(1, { tls });
  world.store(5);

  for (const v4Region of [undefined, "cn-shanghai"]) {
    it(`pulls from a service whose authority it was told, signed by ${v4Region === undefined ? "v1" : "v4"}`, async () => {
      const logstore = world.logstore({ ca: readFileSync(authority.caFile, "utf8"), v4Region });
      const cursor = await logstore.cursor(0, "begin");
      assert.equal((await logstore.pull(0, { cursor, count: 10 })).groups, 5);
    });
  }

  it("says nothing to a service that nobody certifies whom it knows", async () => {
    await assert.rejects(world.logstore().listShards(), { code: "connectionLost", remedy: "retry" });
    const others = new TestAuthority();
    after(() => others.remove());
    const ca = readFileSync(others.caFile, "utf8");
    await assert.rejects(world.logstore({ ca }).listShards(), /certificate/);
  });
});

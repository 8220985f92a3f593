import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CLIENT_PROTOCOL_VERSION } from "../../../protocols/client-protocol.ts";
import { ENTITY_EVENTS, PROTOCOLS } from "../../../protocols/registry.ts";
import { goldenEvents, goldenFrames, goldenMessages, readGolden, unpinned } from "../../support/golden.ts";

const PRESENT_VERSIONS = new Set([
  ...["client", "server"].map((side) => `${side} ${CLIENT_PROTOCOL_VERSION}`),
  ...[...PROTOCOLS, ...ENTITY_EVENTS].map(({ name, version }) => `${name} ${version}`),
]);

for (const set of [goldenFrames(), goldenMessages(), goldenEvents()]) {
  const pinned = readGolden(set);

  describe(`the bytes that others have stored or will send (${set.file})`, () => {
    it("are pinned for every message", () => {
      assert.deepEqual(
        unpinned(set, pinned),
        [],
        "a new message or optional field: `npm run golden` pins it",
      );
    });

    it("are still written the same way", () => {
      for (const [name, { message, json, msgpack }] of Object.entries(pinned)) {
        if (!PRESENT_VERSIONS.has(name.split(" ", 2).join(" "))) continue;
        assert.equal(set.codecs.json.encode(name, message).toString(), json, name);
        assert.equal(set.codecs.msgpack.encode(name, message).toString("hex"), msgpack, name);
      }
    });

    it("are still understood", () => {
      for (const [name, { message, json, msgpack }] of Object.entries(pinned)) {
        const fromJson = set.codecs.json.decode(name, Buffer.from(json));
        const fromMsgpack = set.codecs.msgpack.decode(name, Buffer.from(msgpack, "hex"));
        assert.deepEqual(fromJson, fromMsgpack, `${name}: both formats say the same`);
        if (PRESENT_VERSIONS.has(name.split(" ", 2).join(" "))) {
          assert.deepEqual(fromJson, message, `${name} changed: that needs a new version with an upcast`);
        } else {
          const code = (fromJson as { code?: string }).code ?? "understood";
          assert.ok(["understood", "retiredMessage"].includes(code), `${name}: ${code}`);
        }
      }
    });
  });
}

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  isGenuine,
  webhookHeaders,
  webhookSignature,
} from "../../../../runtime/webhooks/webhook-signature.ts";

// Made with OpenSSL: printf 'msg_1.1700000000.{"a":1}' | openssl dgst -sha256 -hmac 'a secret of a test' -binary | base64
const KNOWN = "v1,DqQNyg1P+iJSp8+QkcLG2qTqX/N5bKP4QUKYF2ZdCSM=";
// The same with the key that "whsec_YSBzZWNyZXQgb2YgYSB0ZXN0" spells in base64, which is the same text.
const ENCODED_SECRET = `whsec_${Buffer.from("a secret of a test").toString("base64")}`;
const SIGNED = { id: "msg_1", timestamp: 1_700_000_000, body: '{"a":1}' };
const AT_MS = 1_700_000_000_000;

describe("the signature of a webhook", () => {
  it("is the HMAC-SHA256 of id, time and body that the specification asks for", () => {
    assert.equal(webhookSignature("a secret of a test", SIGNED), KNOWN);
  });

  it("takes a secret that begins with whsec_ as base64", () => {
    assert.equal(webhookSignature(ENCODED_SECRET, SIGNED), KNOWN);
  });

  it("convinces a receiver with the same secret, and no other", () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string({ minLength: 1 }),
        fc.string({ minLength: 1 }),
        (body, secret, other) => {
          const headers = webhookHeaders(secret, { ...SIGNED, body });
          assert.equal(isGenuine(secret, { headers, body }, AT_MS), true);
          assert.equal(isGenuine(secret, { headers, body: `${body}.` }, AT_MS), false);
          if (other !== secret) assert.equal(isGenuine(`x${other}`, { headers, body }, AT_MS), false);
        },
      ),
    );
  });

  it("is worth nothing under another id or another time", () => {
    const headers = webhookHeaders("a secret of a test", SIGNED);
    const { body } = SIGNED;
    const isTaken = (changed: Record<string, string>) =>
      isGenuine("a secret of a test", { headers: { ...headers, ...changed }, body }, AT_MS);
    assert.equal(isTaken({}), true);
    assert.equal(isTaken({ "webhook-id": "msg_2" }), false);
    assert.equal(isTaken({ "webhook-timestamp": "1700000001" }), false);
    assert.equal(isTaken({ "webhook-timestamp": "soon" }), false);
  });

  it("is worth nothing five minutes later or earlier", () => {
    const headers = webhookHeaders("a secret of a test", SIGNED);
    const isTaken = (nowMs: number) => isGenuine("a secret of a test", { headers, body: SIGNED.body }, nowMs);
    assert.deepEqual([AT_MS - 300_000, AT_MS + 300_000].map(isTaken), [true, true]);
    assert.deepEqual([AT_MS - 301_000, AT_MS + 301_000].map(isTaken), [false, false]);
  });

  it("may stand among others, as while a secret is being changed", () => {
    const headers = webhookHeaders("a secret of a test", SIGNED);
    const both = { ...headers, "webhook-signature": `v1,bm90IHRoaXM= ${headers["webhook-signature"]}` };
    assert.equal(isGenuine("a secret of a test", { headers: both, body: SIGNED.body }, AT_MS), true);
  });

  it("is missing where there is no secret, and so convinces nobody", () => {
    const headers = webhookHeaders(undefined, SIGNED);
    assert.deepEqual(Object.keys(headers), ["webhook-id", "webhook-timestamp"]);
    assert.equal(isGenuine("a secret of a test", { headers, body: SIGNED.body }, AT_MS), false);
  });
});

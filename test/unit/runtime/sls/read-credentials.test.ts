import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readCredentials, UnfitCredentials } from "../../../../runtime/sls/read-credentials.ts";

const KEY = { AccessKeyId: "STS.id", AccessKeySecret: "a-secret" };

describe("a key in JSON", () => {
  it("is read as the token service writes it, and as people do", () => {
    const expiration = "2026-11-22T12:00:00Z";
    const whole = { accessKeyId: "STS.id", accessKeySecret: "a-secret", securityToken: "t" };
    const expiresAtMs = Date.parse(expiration);
    const temporary = { ...KEY, SecurityToken: "t", Expiration: expiration, Code: "Success" };
    assert.deepEqual(readCredentials(JSON.stringify(temporary)), { ...whole, expiresAtMs });
    assert.deepEqual(readCredentials(JSON.stringify({ ...whole, expiration })), { ...whole, expiresAtMs });
  });

  it("is found in the whole answer of the token service, too", () => {
    const Credentials = { ...KEY, SecurityToken: "t", Expiration: "2026-11-22T12:00:00Z" };
    const answer = { RequestId: "1", AssumedRoleUser: { Arn: "acs:ram::1:role/reader/banyan" }, Credentials };
    assert.deepEqual(readCredentials(JSON.stringify(answer)), readCredentials(JSON.stringify(Credentials)));
    assert.equal(readCredentials(JSON.stringify(answer)).securityToken, "t");
  });

  it("need not end", () => {
    const { securityToken, expiresAtMs } = readCredentials(JSON.stringify(KEY));
    assert.deepEqual([securityToken, expiresAtMs], [undefined, undefined]);
  });

  it("is refused in words that never repeat it", () => {
    const texts = [
      `a-secret ${JSON.stringify(KEY)}`,
      JSON.stringify(["a-secret"]),
      JSON.stringify({ AccessKeySecret: "a-secret" }),
      JSON.stringify({ ...KEY, Expiration: "a-secret" }),
      JSON.stringify({ AccessKeyId: "a-secret", AccessKeySecret: 5 }),
    ];
    for (const text of texts) {
      assert.throws(
        () => readCredentials(text),
        (error: unknown) => error instanceof UnfitCredentials && !error.message.includes("a-secret"),
        text,
      );
    }
  });
});

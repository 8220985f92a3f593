import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { failureOf } from "../../../../runtime/webhooks/http-exchange.ts";
import { judgeStatus, retryAfterMs } from "../../../../runtime/webhooks/http-verdict.ts";

const kindOf = (status: number) => judgeStatus({ status, retryAfter: undefined }, 0).kind;

describe("an HTTP answer to a delivery", () => {
  it("of 2xx has taken it", () => {
    assert.deepEqual([200, 202, 204].map(kindOf), ["delivered", "delivered", "delivered"]);
  });

  it("of 4xx does not want it, except for those that mean not now", () => {
    assert.deepEqual([400, 401, 404, 410].map(kindOf), ["rejected", "rejected", "rejected", "rejected"]);
    assert.deepEqual([408, 425, 429].map(kindOf), ["failed", "failed", "failed"]);
  });

  it("of 5xx may be another one the next time", () => {
    assert.deepEqual([500, 502, 503].map(kindOf), ["failed", "failed", "failed"]);
  });

  it("that points elsewhere is not followed", () => {
    const attempt = judgeStatus({ status: 307, retryAfter: undefined }, 0);
    assert.equal(attempt.kind, "rejected");
    assert.match(attempt.text, /redirects are not followed/);
  });

  it("says for how long not to come back", () => {
    const attempt = judgeStatus({ status: 429, retryAfter: "7" }, 0);
    assert.deepEqual(attempt, { kind: "failed", text: "HTTP 429", afterMs: 7_000 });
  });
});

describe("Retry-After", () => {
  it("is a number of seconds or a date", () => {
    const nowMs = Date.parse("Wed, 21 Oct 2015 07:28:00 GMT");
    assert.equal(retryAfterMs("120", nowMs), 120_000);
    assert.equal(retryAfterMs("Wed, 21 Oct 2015 07:28:30 GMT", nowMs), 30_000);
    assert.equal(retryAfterMs("Wed, 21 Oct 2015 07:27:00 GMT", nowMs), 0);
  });

  it("means nothing when it is neither", () => {
    assert.deepEqual(
      [undefined, "soon", "", "-3x"].map((header) => retryAfterMs(header, 0)),
      [undefined, undefined, undefined, undefined],
    );
  });
});

describe("the reason why there was no answer", () => {
  it("is a word, and never holds the address", () => {
    const url = "https://example.com/robot?key=of-somebody";
    const refused = new TypeError(`fetch failed: ${url}`, { cause: { code: "ECONNREFUSED" } });
    assert.equal(failureOf(refused), "no answer (ECONNREFUSED)");
    assert.equal(failureOf(new DOMException(url, "AbortError")), "no answer in time");
    assert.equal(failureOf(new TypeError(`Failed to parse URL from ${url}`)), "no answer (TypeError)");
  });
});

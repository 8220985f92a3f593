import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { judgeRobot } from "../../../../runtime/alarms/robot-answer.ts";
import { DINGTALK, FEISHU, WECOM } from "../../../../runtime/alarms/robot-kinds.ts";
import type { RobotKind } from "../../../../runtime/alarms/robot.ts";

const AT_MS = 1_700_000_000_000;
const TEXT = { title: "CRITICAL [elm] full", lines: ["key: disk"] };
const SECRET = "SEC-of-a-test";

// printf '1700000000000\nSEC-of-a-test' | openssl dgst -sha256 -hmac SEC-of-a-test -binary | base64
const DINGTALK_SIGN = "6OBoEaUAm6RbqzeiqVAV7a9bEcbrLAyJQZ+k7FghO+Q=";
// printf '' | openssl dgst -sha256 -mac HMAC -macopt hexkey:(the hex of "1700000000\nSEC-of-a-test") -binary | base64
const FEISHU_SIGN = "f4JYKJleInugQXtQ09iN+A16mkxZmqWZ5OjA4X+tzNQ=";

describe("the robot of DingTalk", () => {
  it("is sent time and signature in the query, and Markdown", () => {
    const target = { url: "https://oapi.dingtalk.com/robot/send?access_token=abc", secret: SECRET };
    const { url, body } = DINGTALK.request(target, TEXT, AT_MS);
    const query = new URL(url).searchParams;
    assert.deepEqual(
      [query.get("access_token"), query.get("timestamp"), query.get("sign")],
      ["abc", "1700000000000", DINGTALK_SIGN],
    );
    const text = "**CRITICAL \\[elm\\] full**\n\n> key: disk";
    assert.deepEqual(body, { msgtype: "markdown", markdown: { title: TEXT.title, text } });
  });

  it("is sent no signature where it wants none", () => {
    const { url } = DINGTALK.request({ url: "https://example.com/send?access_token=abc" }, TEXT, AT_MS);
    assert.equal(url, "https://example.com/send?access_token=abc");
  });
});

describe("the robot of WeCom", () => {
  it("is sent Markdown at its address, which holds the key", () => {
    const { url, body } = WECOM.request({ url: "https://example.com/send?key=abc" }, TEXT, AT_MS);
    assert.equal(url, "https://example.com/send?key=abc");
    const content = "**CRITICAL \\[elm\\] full**\n\n> key: disk";
    assert.deepEqual(body, { msgtype: "markdown", markdown: { content } });
  });

  it("is never sent more than it takes", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme", maxLength: 500 }), { maxLength: 40 }), (lines) => {
        const { body } = WECOM.request({ url: "https://example.com" }, { title: "t", lines }, AT_MS);
        const { content } = (body as { markdown: { content: string } }).markdown;
        assert.ok(Buffer.byteLength(content) <= 4_096);
      }),
    );
  });
});

describe("the robot of Feishu", () => {
  it("is sent time and signature in the body, and text", () => {
    const { url, body } = FEISHU.request(
      { url: "https://example.com/hook/abc", secret: SECRET },
      TEXT,
      AT_MS,
    );
    assert.equal(url, "https://example.com/hook/abc");
    assert.deepEqual(body, {
      timestamp: "1700000000",
      sign: FEISHU_SIGN,
      msg_type: "text",
      content: { text: "CRITICAL [elm] full\nkey: disk" },
    });
  });
});

describe("the answer of a robot", () => {
  const judged = (kind: RobotKind, body: unknown, status = 200) =>
    judgeRobot(kind.dialect, { status, retryAfter: undefined, text: JSON.stringify(body) }, 0);

  it("is good when its code is 0", () => {
    assert.equal(judged(DINGTALK, { errcode: 0, errmsg: "ok" }).kind, "delivered");
    assert.equal(judged(WECOM, { errcode: 0, errmsg: "ok" }).kind, "delivered");
    assert.equal(
      judged(FEISHU, { StatusCode: 0, StatusMessage: "success", code: 0, msg: "success" }).kind,
      "delivered",
    );
    assert.equal(judged(FEISHU, { StatusCode: 0, StatusMessage: "success" }).kind, "delivered");
  });

  it("is a failure with any other code, although HTTP says 200", () => {
    assert.deepEqual(judged(DINGTALK, { errcode: 310_000, errmsg: "sign not match" }), {
      kind: "rejected",
      text: "code 310000: sign not match",
    });
    assert.equal(judged(WECOM, { errcode: 93_000, errmsg: "invalid webhook url" }).kind, "rejected");
    assert.equal(judged(FEISHU, { code: 19_021, msg: "sign match fail" }).kind, "rejected");
    assert.equal(judged(FEISHU, { code: 9_499, msg: "Bad Request" }, 400).kind, "rejected");
  });

  it("asks for time when there was too much", () => {
    assert.deepEqual(judged(DINGTALK, { errcode: 130_101, errmsg: "send too fast" }), {
      kind: "failed",
      text: "code 130101: send too fast",
      afterMs: 600_000,
    });
    assert.equal(judged(WECOM, { errcode: 45_009, errmsg: "api freq out of limit" }).kind, "failed");
    assert.equal(judged(FEISHU, { code: 11_232, msg: "frequency limited" }).kind, "failed");
    assert.equal(judged(FEISHU, { code: 11_232, msg: "frequency limited" }, 400).kind, "failed");
  });

  it("is none when it has no code, and may be another one the next time", () => {
    assert.equal(judged(WECOM, { hello: "I am a proxy" }).kind, "failed");
    assert.equal(judged(WECOM, {}, 502).kind, "failed");
    assert.equal(judged(WECOM, {}, 404).kind, "rejected");
  });
});

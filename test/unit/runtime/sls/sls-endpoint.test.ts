import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hostHeader, hostOf, parseEndpoint } from "../../../../runtime/sls/sls-endpoint.ts";

describe("an endpoint of SLS", () => {
  it("has the project in front of its name, and speaks TLS unless told otherwise", () => {
    assert.deepEqual(reached("cn-hangzhou.log.aliyuncs.com"), [
      true,
      443,
      "shop.cn-hangzhou.log.aliyuncs.com",
      "shop.cn-hangzhou.log.aliyuncs.com",
    ]);
    const [isTls, port, host, header] = reached("http://cn-hangzhou-intranet.log.aliyuncs.com:8080");
    assert.deepEqual([isTls, port], [false, 8080]);
    assert.equal(host, "shop.cn-hangzhou-intranet.log.aliyuncs.com");
    assert.equal(header, `${host}:8080`);
  });

  it("is connected to as it stands when it is a literal address; the project is in Host alone", () => {
    assert.deepEqual(reached("http://127.0.0.1:4567"), [false, 4567, "127.0.0.1", "shop.127.0.0.1:4567"]);
    assert.deepEqual(reached("http://[::1]:4567"), [false, 4567, "::1", "shop.localhost:4567"]);
    assert.deepEqual(reached("http://localhost"), [false, 80, "localhost", "shop.localhost"]);
  });

  it("is reached by its own name for calls that belong to no project", () => {
    const endpoint = parseEndpoint("cn-hangzhou.log.aliyuncs.com");
    assert.equal(endpoint && hostOf(endpoint, undefined), "cn-hangzhou.log.aliyuncs.com");
    assert.equal(endpoint && hostHeader(endpoint, undefined), "cn-hangzhou.log.aliyuncs.com");
  });

  it("is no other text", () => {
    for (const text of [
      "",
      "ftp://a",
      "http://a/path",
      "http://a?b",
      "http://user@a",
      "a b",
      "http://a:99999",
    ]) {
      assert.equal(parseEndpoint(text), undefined, text);
    }
  });
});

function reached(text: string) {
  const endpoint = parseEndpoint(text);
  assert.ok(endpoint, text);
  return [endpoint.isTls, endpoint.port, hostOf(endpoint, "shop"), hostHeader(endpoint, "shop")];
}

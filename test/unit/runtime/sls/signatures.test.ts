import AlicloudLog from "@alicloud/log";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { dateV4, sha256Hex, signV4 } from "../../../../runtime/sls/signature-v4.ts";

const V1_KEY = { accessKeyId: "mockAccessKeyID", accessKeySecret: "mockAccessKeySecret" };
const V1_HEADERS = {
  date: "Mon, 3 Jan 2010 08:33:47 GMT",
  "x-log-apiversion": "0.6.0",
  "x-log-signaturemethod": "hmac-sha1",
};

describe("signatures of SLS", () => {
  it("are by v1 what the service's own package computes: without a body", () => {
    assert.equal(
      signV1("/logstores", { "x-log-bodyrawsize": "0" }),
      "LOG mockAccessKeyID:Rwm6cTKzoti4HWoe+GKcb6Kv07E=",
    );
  });

  it("are by v1 what the service's own package computes: with a body", () => {
    const headers = {
      "x-log-bodyrawsize": "50",
      "content-type": "application/x-protobuf",
      "content-md5": "8D6881250FF5559F59BBDF04100F6E59",
    };
    assert.equal(signV1("/logstores/app_log", headers), "LOG mockAccessKeyID:87xQWqFaOSewqRIma8kPjGYlXHc=");
  });

  it("are by v4 what the service's own package computes", () => {
    const body = "adasd= -asd zcas";
    const bodyHash = sha256Hex(body);
    const headers = { "x-log-date": "20220808T032330Z", "x-log-content-sha256": bodyHash };
    const call = { verb: "POST", path: "/logstores", query: {}, headers, bodyHash };
    const key = { id: "acsddda21dsd", secret: "zxasdasdasw2", region: "cn-shanghai" };
    assert.equal(
      signV4(call, key),
      "SLS4-HMAC-SHA256 Credential=acsddda21dsd/20220808/cn-shanghai/sls/aliyun_v4_request," +
        "Signature=8a10a5e723cb2e75964816de660b2c16a58af8bc0261f7f0722d832468c76ce8",
    );
  });

  it("write the time of v4 in seconds of UTC", () => {
    assert.equal(dateV4(Date.UTC(2022, 7, 8, 3, 23, 30, 999)), "20220808T032330Z");
  });
});

function signV1(path: string, headers: Record<string, string>): string {
  const client = new AlicloudLog({
    endpoint: "sls.test",
    credentialsProvider: { getCredentials: async () => V1_KEY },
  });
  return client._sign("GET", path, {}, { ...V1_HEADERS, ...headers }, V1_KEY);
}

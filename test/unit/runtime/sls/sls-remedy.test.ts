import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { remedyOf } from "../../../../runtime/sls/sls-remedy.ts";
import type { Remedy } from "../../../../runtime/sls/sls-remedy.ts";

/** Each row of the service's table of errors: status, code, message, and what a puller does. */
const TABLE: readonly (readonly [number, string, string, Remedy])[] = [
  [400, "RequestTimeExpired", "", "repairClock"],
  [400, "RequestTimeTooSkewed", "", "repairClock"],
  [400, "InvalidRequestTime", "", "stop"],
  [400, "InvalidDateFormat", "", "stop"],
  [400, "MissingDate", "", "stop"],
  [400, "MissingParameter", "", "stop"],
  [400, "MissingHost", "", "stop"],
  [400, "InvalidAPIVersion", "", "stop"],
  [400, "InvalidContentType", "", "stop"],
  [405, "InvalidMethod", "", "stop"],
  [411, "MissingContentLength", "", "stop"],
  [415, "InvalidContentType", "", "stop"],
  [400, "InvalidCursor", "cursor 12 is out of range", "restartAtOldest"],
  [400, "invalidcursor", "", "restartAtOldest"],
  [400, "ParameterInvalid", "Invalid cursor abc", "restartAtOldest"],
  [400, "ParameterInvalid", "count is not in (0,1000]", "stop"],
  [400, "ShardNotExist", "", "finishShard"],
  [404, "ShardNotExist", "", "finishShard"],
  [400, "LogStoreWithoutShard", "", "relist"],
  [400, "NotExistConsumerWithBody", "", "rejoin"],
  [404, "ConsumerNotExist", "", "rejoin"],
  [400, "ConsumerNotMatch", "", "dropShard"],
  [404, "ConsumerGroupNotExist", "", "recreateGroup"],
  [404, "LogStoreNotExist", "", "probe"],
  [404, "ProjectNotExist", "", "probe"],
  [404, "ProjectNotExists", "", "probe"],
  [404, "SomethingNew", "", "probe"],
  [401, "SignatureNotMatch", "", "stop"],
  [401, "Unauthorized", "The security token you provided has expired.", "renewCredentials"],
  [401, "InvalidAccessKeyId", "", "renewCredentials"],
  [403, "ReadQuotaExceed", "Read QPS Exceed", "slowDown"],
  [403, "ShardReadQuotaExceed", "", "slowDown"],
  [403, "MetaOperationQpsLimitExceeded", "", "slowDown"],
  [403, "WriteQuotaExceed", "Project write quota exceed: qps", "slowDown"],
  [403, "ShardWriteQuotaExceed", "", "slowDown"],
  [403, "ProjectForbidden", "", "stop"],
  [403, "SomethingNew", "", "stop"],
  [413, "PostBodyTooLarge", "", "split"],
  [500, "InternalServerError", "", "retry"],
  [500, "RequestTimeout", "", "retry"],
  [502, "http502", "<html>", "retry"],
  [503, "ServerBusy", "", "retry"],
  [504, "SomethingNew", "", "retry"],
];

describe("what a puller does about an error of SLS", () => {
  for (const [status, code, message, remedy] of TABLE) {
    it(`${status} ${code}${message === "" ? "" : ` (${message})`}: ${remedy}`, () => {
      assert.equal(remedyOf({ status, code, message }), remedy);
    });
  }
});

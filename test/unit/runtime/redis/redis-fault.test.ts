import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isHopeless, reasonOf, redisFault } from "../../../../runtime/redis/redis-fault.ts";

const FACTS = { command: "set", purpose: "commands" };

function replyError(message: string): Error {
  const error = new Error(message);
  error.name = "ReplyError";
  return error;
}

describe("what has become of a command", () => {
  it("that Redis answered with an error is known: refused, with the kind of error", () => {
    const fault = redisFault(replyError("OOM command not allowed"), FACTS);
    assert.equal(fault.code, "redisRefused");
    assert.equal(fault.details["reply"], "OOM");
    assert.equal(redisFault(replyError("LOADING"), FACTS).details["reply"], "LOADING");
  });

  it("that was never sent is known, too", () => {
    for (const text of [
      "Stream isn't writeable and enableOfflineQueue options is false",
      "Cluster isn't ready and ...",
    ]) {
      assert.equal(redisFault(new Error(text), FACTS).code, "redisUnavailable");
    }
  });

  it("is unknown after anything else", () => {
    for (const text of ["Command timed out", "Connection is closed.", "read ECONNRESET", "never heard of"]) {
      assert.equal(redisFault(new Error(text), FACTS).code, "redisUnanswered");
    }
    assert.equal(redisFault("not even an error", FACTS).code, "redisUnanswered");
  });

  it("has a reason in words, also where several addresses were tried and the error says nothing", () => {
    const error = Object.assign(new AggregateError([]), { code: "ECONNREFUSED" });
    assert.equal(redisFault(error, FACTS).details["why"], "ECONNREFUSED");
  });

  it("does not carry the arguments of the command along", () => {
    const error = Object.assign(replyError("WRONGPASS invalid"), {
      command: { name: "auth", args: ["tops3cret"] },
    });
    const fault = redisFault(error, FACTS);
    assert.equal(fault.cause, undefined);
    const repeated = replyError("ERR unknown command 'auth', with args beginning with: 'u' 'tops3cret' ");
    assert.match(redisFault(repeated, FACTS).message, /unknown command 'auth'/);
    assert.doesNotMatch(redisFault(repeated, FACTS).message, /tops3cret/);
    assert.doesNotMatch(JSON.stringify(fault.details), /tops3cret/);
  });
});

describe("why there is no connection", () => {
  it("is what time does not mend: the user is not let in, or a certificate is not believed", () => {
    for (const reason of [
      "WRONGPASS invalid username-password pair or user is disabled.",
      "NOAUTH Authentication required.",
      "NOPERM this user has no permissions to run the 'info' command",
      "self-signed certificate in certificate chain",
      "unable to verify the first certificate",
      "Hostname/IP does not match certificate's altnames: Host: x. is not in the cert's altnames",
      "error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required",
    ]) {
      assert.ok(isHopeless(reason), reason);
    }
    for (const reason of ["connect ECONNREFUSED 127.0.0.1:1", "LOADING Redis is loading", "not connected"]) {
      assert.ok(!isHopeless(reason), reason);
    }
  });

  it("is in a Redis Cluster what its last server has said", () => {
    const lastNodeError = replyError("NOAUTH Authentication required.");
    const error = Object.assign(new Error("Failed to refresh slots cache."), { lastNodeError });
    assert.equal(reasonOf(error), "NOAUTH Authentication required.");
  });
});

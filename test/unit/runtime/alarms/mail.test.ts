import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judgeMail } from "../../../../runtime/alarms/mail.ts";

describe("a mail server's refusal", () => {
  it("is for later with 4xx and for good with 5xx", () => {
    assert.deepEqual(judgeMail({ responseCode: 451 }), { kind: "failed", text: "SMTP 451" });
    assert.deepEqual(judgeMail({ responseCode: 550 }), { kind: "rejected", text: "SMTP 550" });
  });

  it("may pass when the server did not answer at all", () => {
    assert.deepEqual(judgeMail({ code: "ECONNECTION", message: "the password was x" }), {
      kind: "failed",
      text: "no answer (ECONNECTION)",
    });
    assert.equal(judgeMail(new Error("whatever")).kind, "failed");
  });
});

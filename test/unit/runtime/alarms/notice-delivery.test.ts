import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { noticeDelivery, noticeOf } from "../../../../runtime/alarms/notice-delivery.ts";
import { sampleNotice } from "../../../support/sample-notice.ts";

describe("a notice on its way", () => {
  it("has the same id whenever it is made, and another one than every other notice", () => {
    const idOf = (notice = sampleNotice(), node = "elm") => noticeDelivery(node, notice, Math.random()).id;
    assert.equal(idOf(), idOf());
    const others = [
      idOf(sampleNotice(), "oak"),
      idOf(sampleNotice({ key: "else" })),
      idOf(sampleNotice({ firstAtMs: 7 })),
      idOf(sampleNotice({ severity: "notice" })),
      idOf(sampleNotice({ escalations: 1 }, "escalated")),
      idOf(sampleNotice({}, "recovered")),
    ];
    assert.equal(new Set([idOf(), ...others]).size, 7);
  });

  it("comes out as it went in", () => {
    const { kind, alarm } = sampleNotice({}, "recovered");
    assert.deepEqual(noticeOf(noticeDelivery("elm", { kind, alarm, channels: [] }, 1)), {
      node: "elm",
      kind,
      alarm,
    });
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AnswerCounts } from "../../../../runtime/net/answer-counts.ts";

const push = { listener: "web", route: "/chatroom/push", method: "POST", status: 200 };

describe("the count of answers", () => {
  it("tells routes and statuses apart", () => {
    const counts = new AnswerCounts();
    counts.add(push);
    counts.add(push);
    counts.add({ ...push, status: 401 });
    assert.deepEqual(
      [...counts.all()],
      [
        { kind: push, count: 2 },
        { kind: { ...push, status: 401 }, count: 1 },
      ],
    );
  });

  it("adds up to all answers", () => {
    const counts = new AnswerCounts();
    assert.equal(counts.total, 0);
    counts.add(push);
    counts.add({ ...push, status: 401 });
    counts.add(push);
    assert.equal(counts.total, 3);
  });
});

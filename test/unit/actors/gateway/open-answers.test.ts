import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { OpenAnswers } from "../../../../actors/gateway/open-answers.ts";

describe("open answers", () => {
  it("are each taken once, by the number they were given", () => {
    const answers = new OpenAnswers<string>();
    const [first, second] = [answers.add("first"), answers.add("second")];
    assert.equal(answers.take(second), "second");
    assert.equal(answers.take(second), undefined);
    assert.equal(answers.take(first), "first");
    assert.equal(answers.take(99), undefined);
  });
});

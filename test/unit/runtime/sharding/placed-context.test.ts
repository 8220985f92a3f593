import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PlacedContext } from "../../../../runtime/sharding/placed-context.ts";

/** The context of a turn of a placed actor, and what leaves by it; `lease.runs` says whether its node may act. */
function turn({ isQuestion = true } = {}) {
  const left: string[] = [];
  const lease = { runs: true };
  const say = (what: string) => () => void left.push(what);
  const inner = {
    self: { cell: { args: { reference: { address: "entity:clerk/only" } } } },
    tell: say("tell"),
    ask: say("ask"),
    spawn: say("spawn"),
    startTimer: say("timer"),
    ...(isQuestion && { reply: say("reply"), replyLater: () => ({ reply: say("later") }) }),
  };
  const routing = { owners: { mayAct: () => lease.runs } };
  return { left, lease, context: new PlacedContext(inner as never, routing as never) };
}

const FENCED = { code: "fenced" };

describe("the context of a placed actor", () => {
  it("is reached at its place", () => {
    assert.equal(turn().context.self.address, "entity:clerk/only");
  });

  it("lets nothing out once the lease has lapsed, be it in the middle of a turn", () => {
    const { left, lease, context } = turn();
    const effects = [
      () => void context.tell({} as never, {} as never),
      () => void context.ask({} as never, {} as never),
      () => void context.spawn({} as never, "child", {}),
      () => context.reply({} as never),
    ];
    for (const effect of effects) effect();
    assert.deepEqual(left.splice(0), ["tell", "ask", "spawn", "reply"]);
    lease.runs = false;
    for (const effect of effects) assert.throws(effect, FENCED);
    context.startTimer("own", 1, {} as never);
    assert.deepEqual(left, ["timer"], "what concerns nobody else goes on");
  });

  it("lets no answer out that was put off until after that", () => {
    const { left, lease, context } = turn();
    const first = context.replyLater();
    first.reply({} as never);
    const second = context.replyLater();
    lease.runs = false;
    assert.throws(() => second.reply({} as never), FENCED);
    assert.deepEqual(left, ["later"]);
  });

  it("answers nobody in a turn that handles no question", () => {
    const { context } = turn({ isQuestion: false });
    assert.throws(() => context.reply({} as never), /was not asked/);
    assert.throws(() => context.replyLater(), /was not asked/);
  });
});

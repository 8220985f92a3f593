import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nodeActRoutes } from "../../../../actors/ops/node-act-routes.ts";
import type { HostAnswer, HostCommand } from "../../../../protocols/host.ts";
import type { HostLink } from "../../../../runtime/host-link.ts";
import { VirtualClock } from "../../../../runtime/time/virtual-clock.ts";
import { opsCall, refusalOf, wordsOf } from "../../../support/ops-call.ts";
import { ScriptedCluster } from "../../../support/scripted-cluster.ts";
import { microtasks } from "../../../support/virtual-system.ts";

/** A node that notes what it is made to do, and its host, if it has one. */
function node(answer?: Promise<HostAnswer>) {
  const done: string[] = [];
  const clock = new VirtualClock();
  const hostLink: HostLink | undefined =
    answer === undefined
      ? undefined
      : {
          report: () => undefined,
          wantsRecycle: () => undefined,
          ask: ({ kind }: HostCommand) => (done.push(`host ${kind}`), answer),
        };
  const control = { drain: () => void done.push("drain"), stop: () => void done.push("stop") };
  const cluster = new ScriptedCluster();
  const routes = nodeActRoutes({ control, cluster, hostLink, clock });
  return { done, cluster, clock, act: (act: string) => opsCall(routes, "POST", "/v1/node/act", { act }) };
}

const never = new Promise<HostAnswer>(() => {});

describe("an operator's act on the node", () => {
  it("drains it by itself, whether there is a host or not", async () => {
    for (const one of [node(), node(never)]) {
      assert.equal((await one.act("drain")).status, 202);
      assert.deepEqual(one.done, ["drain"]);
    }
  });

  it("takes it out of its cluster when it is drained, and only then", async () => {
    const one = node();
    await one.act("stop");
    assert.equal(one.cluster.isTakenOut, false);
    await one.act("drain");
    assert.equal(one.cluster.isTakenOut, true);
  });

  it("stops one process, which cannot be reloaded or restarted", async () => {
    const one = node();
    for (const act of ["reload", "restart"]) {
      const refused = await one.act(act);
      assert.deepEqual(refusalOf(refused), [409, "noHost", "/act"]);
      assert.match(wordsOf(refused), /one process, no host/);
    }
    assert.deepEqual(one.done, []);
    assert.equal((await one.act("stop")).status, 202);
    assert.deepEqual(one.done, ["stop"]);
  });

  it("leaves reload, restart and stop to the host", async () => {
    for (const act of ["reload", "restart", "stop"]) {
      const one = node(Promise.resolve({ kind: "done", text: "as you wish" }));
      assert.deepEqual(await one.act(act), { status: 202, body: { act, text: "as you wish" } });
      assert.deepEqual(one.done, [`host ${act}`]);
    }
  });

  it("passes on what the host refuses", async () => {
    const busy: HostAnswer = { kind: "refused", code: "alreadyReloading", text: "one change at a time" };
    const refused = await node(Promise.resolve(busy)).act("reload");
    assert.deepEqual(refusalOf(refused), [409, "alreadyReloading", "/act"]);
  });

  it("does not wait for the end of what ends this process", async () => {
    const one = node(never);
    const answer = one.act("restart");
    await microtasks();
    one.clock.advance(500);
    assert.equal((await answer).status, 202);
  });
});

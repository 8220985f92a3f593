import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { actRoutes } from "../../../../actors/ops/act-routes.ts";
import type { RouteResponse } from "../../../../runtime/net/route.ts";
import { opsCall, refusalOf, wordsOf } from "../../../support/ops-call.ts";
import { note } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

/** A system with two actors of one type and one of another. */
async function system(): Promise<VirtualSystem> {
  const virtual = new VirtualSystem();
  virtual.spawn("lobby", { type: "room" });
  virtual.spawn("final", { type: "room" });
  virtual.spawn("puller", { type: "puller" });
  await virtual.settle();
  return virtual;
}

const act = (virtual: VirtualSystem, body: object): Promise<RouteResponse> =>
  opsCall(actRoutes(virtual.system), "POST", "/v1/actors/act", body);

describe("an operator's act on actors", () => {
  it("suspends one, whose mail waits until it is resumed", async () => {
    const virtual = await system();
    const { status, body } = await act(virtual, { act: "suspend", path: "/lobby" });
    assert.deepEqual([status, body], [200, { act: "suspend", matched: 1, done: 1, refused: [] }]);
    virtual.tell(virtual.at("/lobby"), note("hello"));
    await virtual.settle();
    assert.deepEqual([virtual.node("/lobby").state, virtual.notes("/lobby")], ["suspended", []]);
    await act(virtual, { act: "resume", path: "/lobby" });
    await virtual.settle();
    assert.deepEqual([virtual.node("/lobby").state, virtual.notes("/lobby")], ["running", ["hello"]]);
  });

  it("reaches all of a type, and says how many", async () => {
    const virtual = await system();
    const { body } = await act(virtual, { act: "restart", type: "room" });
    assert.deepEqual(body, { act: "restart", matched: 2, done: 2, refused: [] });
    await virtual.settle();
    assert.deepEqual(
      ["/lobby", "/final", "/puller"].map((path) => virtual.node(path).restarts),
      [1, 1, 0],
    );
  });

  it("says which of them it did not reach", async () => {
    const virtual = await system();
    await act(virtual, { act: "suspend", path: "/lobby" });
    const { status, body } = await act(virtual, { act: "suspend", type: "room" });
    assert.equal(status, 200);
    assert.deepEqual(body, {
      act: "suspend",
      matched: 2,
      done: 1,
      refused: [{ path: "/lobby", reason: "it is suspended already" }],
    });
  });

  it("is refused where nobody is, with those who are there", async () => {
    const virtual = await system();
    const path = await act(virtual, { act: "stop", path: "/lobbi" });
    assert.deepEqual(refusalOf(path), [404, "noSuchActor", "/path"]);
    assert.match(wordsOf(path), /no actor is at \/lobbi; below \/ there are lobby, final, puller/);
    const type = await act(virtual, { act: "stop", type: "rom" });
    assert.deepEqual(refusalOf(type), [404, "noSuchActor", "/type"]);
    assert.match(wordsOf(type), /no actor has the type rom; there are .*room/);
  });

  it("is refused for the root, and when nothing could be done", async () => {
    const virtual = await system();
    const root = await act(virtual, { act: "stop", path: "/" });
    assert.deepEqual(refusalOf(root), [409, "actRefused", "/path"]);
    assert.match(wordsOf(root), /nothing was done; \/: the root/);
    const none = await act(virtual, { act: "resume", type: "room" });
    assert.deepEqual(refusalOf(none), [409, "actRefused", "/type"]);
    assert.match(wordsOf(none), /\/lobby: it is not suspended; \/final: it is not suspended/);
  });

  it("is audited as what it is, also without a target", () => {
    const [{ onRequest } = {}] = actRoutes(new VirtualSystem().system);
    const audited = onRequest?.["POST"]?.audited;
    const targets = [{ path: "/rooms" }, { type: "room" }, {}].map(
      (target) => audited?.({ act: "suspend", ...target }).target,
    );
    assert.deepEqual(targets, ["/rooms", "type room", "(no target)"]);
  });

  it("wants exactly one target", async () => {
    const virtual = await system();
    for (const target of [{}, { path: "/lobby", type: "room" }]) {
      assert.deepEqual(refusalOf(await act(virtual, { act: "stop", ...target })), [
        400,
        "invalidField",
        "/path",
      ]);
    }
    assert.equal(virtual.node("/lobby").state, "running");
  });
});

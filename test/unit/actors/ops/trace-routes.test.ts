import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { traceRoutes } from "../../../../actors/ops/trace-routes.ts";
import type { Method, RouteResponse } from "../../../../runtime/net/route.ts";
import { opsCall, refusalOf } from "../../../support/ops-call.ts";
import { note } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

const call = (virtual: VirtualSystem, method: Method, query: string, body?: object): Promise<RouteResponse> =>
  opsCall(traceRoutes(virtual.system), method, `/v1/trace${query}`, body);

interface Answer {
  readonly id: number;
  readonly trace: { readonly isOver: boolean; readonly turns: number };
  readonly samples: readonly { readonly sequence: number; readonly kind: string; readonly outcome: string }[];
  readonly traces: readonly { readonly id: number; readonly path: string }[];
}

async function traced(body: object = {}): Promise<{ virtual: VirtualSystem; id: number }> {
  const virtual = new VirtualSystem();
  virtual.spawn("room");
  const { status, body: answer } = await call(virtual, "POST", "", { path: "/room", ...body });
  assert.equal(status, 200);
  return { virtual, id: (answer as Answer).id };
}

const say = async (virtual: VirtualSystem, text: string): Promise<void> => {
  virtual.tell(virtual.at("/room"), note(text));
  await virtual.settle();
};

describe("a trace that an operator begins", () => {
  it("shows the turns of one actor by kind, never what was said", async () => {
    const { virtual, id } = await traced();
    await say(virtual, "a secret");
    const { body } = await call(virtual, "GET", `?id=${id}`);
    const { samples, trace } = body as Answer;
    assert.deepEqual(
      samples.map(({ sequence, kind, outcome }) => [sequence, kind, outcome]),
      [[1, "note", "handled"]],
    );
    assert.deepEqual([trace.isOver, trace.turns], [false, 1]);
    assert.doesNotMatch(JSON.stringify(body), /secret/);
  });

  it("is read on from where one has been", async () => {
    const { virtual, id } = await traced();
    for (const text of ["a", "b", "c"]) await say(virtual, text);
    const { samples } = (await call(virtual, "GET", `?id=${id}&after=2`)).body as Answer;
    assert.deepEqual(
      samples.map(({ sequence }) => sequence),
      [3],
    );
  });

  it("is listed while it runs, and ends by itself or by hand", async () => {
    const { virtual, id } = await traced({ forMs: 1_000 });
    const open = async () => ((await call(virtual, "GET", "")).body as Answer).traces.map(({ path }) => path);
    assert.deepEqual(await open(), ["/room"]);
    await virtual.advance(1_001);
    assert.deepEqual(await open(), []);
    assert.equal(((await call(virtual, "GET", `?id=${id}`)).body as Answer).trace.isOver, true);
    const second = await traced();
    assert.equal((await call(second.virtual, "DELETE", `?id=${second.id}`)).status, 200);
    assert.deepEqual(((await call(second.virtual, "GET", "")).body as Answer).traces, []);
  });

  it("is refused where nobody is, twice for one actor, and when there is none of that id", async () => {
    const { virtual } = await traced();
    const nobody = await call(virtual, "POST", "", { path: "/nobody" });
    assert.deepEqual(refusalOf(nobody), [404, "noSuchActor", "/path"]);
    const twice = await call(virtual, "POST", "", { path: "/room" });
    assert.deepEqual(refusalOf(twice), [409, "traceRefused", "/path"]);
    for (const method of ["GET", "DELETE"] as const) {
      assert.deepEqual(refusalOf(await call(virtual, method, "?id=99")), [404, "noSuchTrace", "id"]);
      assert.deepEqual(refusalOf(await call(virtual, method, "?id=x")), [400, "invalidField", "id"]);
    }
  });
});

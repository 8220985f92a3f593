import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { roomRoutes } from "../../../../actors/rooms/routes.ts";
import type { Publication } from "../../../../protocols/client-frames.ts";
import { answerRequest } from "../../../../runtime/net/answer-request.ts";
import type { RouteContext, RouteResponse } from "../../../../runtime/net/route.ts";
import { LiveRoomWorld } from "../../../support/live-room-world.ts";
import { routeContext } from "../../../support/route-context.ts";

/** The routes of the rooms, on a world. */
function door({ rooms, findStore, virtual }: LiveRoomWorld) {
  const routes = roomRoutes({ rooms, findStore });
  const { system } = virtual;
  const context: RouteContext = { ...routeContext(), ask: system.ask.bind(system) };
  return async (path: string, search: string): Promise<RouteResponse> => {
    const route = routes.find((each) => each.path === path)!;
    const request = { method: "GET", path, query: new URLSearchParams(search), headers: {} };
    const rest = { address: "", listener: "web", raw: Buffer.alloc(0) };
    const answering = answerRequest(route, route.onRequest!.GET!)({ ...request, ...rest }, context);
    await virtual.settle();
    return answering;
  };
}

interface Page {
  readonly epoch: string;
  readonly offset: number;
  readonly earlier: boolean;
  readonly publications: readonly Publication[];
}

const HISTORY = "/chatroom/live/history";

/** A world in which so much was posted. */
async function posted(count: number): Promise<LiveRoomWorld> {
  const world = new LiveRoomWorld();
  const room = await world.open();
  for (let index = 1; index <= count; index++) {
    assert.equal(await world.posted(room, index, { facts: { minute: index } }), index);
  }
  return world;
}

describe("the history of a live room", () => {
  it("is read page by page back to the first post, also after a kill and while nobody is in the room", async () => {
    const get = door((await posted(7)).killed());
    const pages: unknown[][] = [];
    let before = "";
    for (let earlier = true; earlier;) {
      const { status, body } = await get(HISTORY, `room=live/final&limit=3${before}`);
      const page = body as Page;
      assert.deepEqual([status, page.offset], [200, 7]);
      pages.push(page.publications.map(({ offset, data }) => [offset, data]));
      before = `&before=${page.publications[0]?.offset}`;
      ({ earlier } = page);
    }
    assert.deepEqual(pages, [
      [
        [5, 5],
        [6, 6],
        [7, 7],
      ],
      [
        [2, 2],
        [3, 3],
        [4, 4],
      ],
      [[1, 1]],
    ]);
  });

  it("has nothing that is not durable yet", async () => {
    const world = await posted(2);
    const room = await world.open();
    world.journal.isHolding = true;
    void world.post(room, "not yet");
    await world.virtual.settle();
    let isAnswered = false;
    const paging = door(world)(HISTORY, "room=live/final").finally(() => (isAnswered = true));
    await world.virtual.settle();
    assert.ok(!isAnswered, "it waits for what was decided before");
    world.journal.letGo();
    await world.virtual.settle();
    assert.equal(((await paging).body as Page).offset, 3);
  });

  it("is not there when nothing was posted, and looking for it wakes no entity", async () => {
    const world = new LiveRoomWorld();
    const { status, body } = await door(world)(HISTORY, "room=live/nobody");
    assert.deepEqual([status, (body as { code: string }).code], [404, "unknownRoom"]);
    assert.equal(world.entities.size, 0);
  });

  it("is refused with the parameter that is wrong", async () => {
    const get = door(new LiveRoomWorld());
    for (const [search, code, field] of [
      ["", "invalidField", "/room"],
      ["room=live/final&before=0", "invalidField", "/before"],
      ["room=live/final&before=last", "invalidField", "/before"],
      ["room=live/final&limit=201", "invalidField", "/limit"],
      ["room=live/final&limit=1.5", "invalidField", "/limit"],
      ["room=live/final&after=1", "invalidField", "/after"],
      ["room=chat/lobby", "unknownRoom", "/room"],
    ] as const) {
      const { status, body } = await get(HISTORY, search);
      const refusal = body as { code: string; field: string };
      assert.deepEqual([status, refusal.code, refusal.field], [400, code, field], search);
    }
  });

  it("is refused for an offset of another epoch, in which the same numbers mean something else", async () => {
    const get = door(await posted(3));
    const { epoch } = (await get(HISTORY, "room=live/final")).body as Page;
    const same = await get(HISTORY, `room=live/final&before=3&epoch=${epoch}`);
    assert.deepEqual([same.status, (same.body as Page).publications.length], [200, 2]);
    for (const other of ["another", "12"]) {
      const { status, body } = await get(HISTORY, `room=live/final&before=3&epoch=${other}`);
      const { code, field } = body as { code: string; field: string };
      assert.deepEqual([status, code, field], [409, "otherEpoch", "/epoch"]);
    }
  });

  it("has its latest page when asked for what is to come", async () => {
    const { body } = await door(await posted(2))(HISTORY, "room=live/final&before=999999999");
    assert.deepEqual(
      (body as Page).publications.map(({ offset }) => offset),
      [1, 2],
    );
  });
});

describe("a look at a live room that nobody has open", () => {
  it("shows what is stored of it", async () => {
    const { status, body } = await door((await posted(2)).killed())("/chatroom/live", "room=live/final");
    const { epoch, ...view } = body as Page;
    assert.equal(status, 200);
    assert.ok(epoch.length > 0);
    assert.deepEqual(view, {
      room: "live/final",
      offset: 2,
      members: 0,
      facts: { minute: 2 },
      publications: [1, 2].map((count) => ({
        room: "live/final",
        offset: count,
        from: "desk",
        data: count,
        facts: { minute: count },
        atMs: 0,
      })),
    });
  });
});

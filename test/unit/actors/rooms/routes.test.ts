import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { roomRoutes } from "../../../../actors/rooms/routes.ts";
import { RoomDirectoryProtocol } from "../../../../protocols/room-directory.ts";
import { RoomProtocol } from "../../../../protocols/room.ts";
import { Fault } from "../../../../runtime/fault.ts";
import { answerRequest } from "../../../../runtime/net/answer-request.ts";
import { Probe } from "../../../support/probe.ts";
import { routeContext } from "../../../support/route-context.ts";

const KNOWN = { epoch: "e", offset: 3, members: 2, facts: { home: 1 }, publications: [] };

/** Lets promises that are ready go on. */
const tick = () => new Promise<void>((resolve) => void setImmediate(resolve));

function door() {
  const rooms = new Probe(RoomDirectoryProtocol, "/rooms");
  const room = new Probe(RoomProtocol, "/rooms/live$2ffinal");
  const routes = roomRoutes({ rooms, findStore: () => undefined });
  const find = (path: string) => routes.find((route) => route.path === path)!;
  const get = (search: string) => {
    const live = find("/chatroom/live");
    const request = { method: "GET", path: live.path, query: new URLSearchParams(search), headers: {} };
    const rest = { address: "", listener: "web", raw: Buffer.alloc(0) };
    return answerRequest(live, live.onRequest!.GET!)({ ...request, ...rest }, routeContext());
  };
  const call = (path: string, id: string) =>
    find(path).actions!["history"]!.handle({ room: id }, undefined as never, routeContext());
  const answer = async (settle: (question: ReturnType<typeof room.question<"history">>) => void) => {
    await tick();
    rooms.question("find").answer({ kind: "found", room });
    await tick();
    settle(room.question("history"));
  };
  return { routes, rooms, get, call, answer };
}

describe("the routes of the rooms", () => {
  it("say which kinds of room may be named on each", () => {
    const { routes } = door();
    assert.deepEqual(
      routes.map(({ path, rooms, connects, protocol }) => ({ path, rooms, connects, protocol })),
      [
        { path: "/chatroom", rooms: ["chat", "live"], connects: true, protocol: "v1" },
        { path: "/chatroom/chat", rooms: ["chat"], connects: true, protocol: "v1" },
        { path: "/chatroom/live", rooms: ["live"], connects: true, protocol: "v1" },
        { path: "/chatroom/live/history", rooms: undefined, connects: false, protocol: "v1" },
      ],
    );
  });
});

describe("a look at a live room", () => {
  it("shows what the room knows", async () => {
    const { get, answer } = door();
    const response = get("room=live/final");
    await answer((question) => question.answer({ kind: "known", ...KNOWN }));
    assert.deepEqual(await response, { status: 200, body: { room: "live/final", ...KNOWN } });
  });

  it("is answered 404 when nobody has opened the room, or it closed just now", async () => {
    const { get, rooms, answer } = door();
    const absent = get("room=live/final");
    await tick();
    rooms.question("find").answer({ kind: "absent" });
    const expected = {
      status: 404,
      body: { code: "unknownRoom", field: "/room", text: "nobody has opened live/final" },
    };
    assert.deepEqual(await absent, expected);
    const closed = get("room=live/final");
    await answer((question) => question.refuse(new Fault("actorGone")));
    assert.deepEqual(await closed, expected);
  });

  it("leaves other faults to the door", async () => {
    const { get, answer } = door();
    const busy = get("room=live/final");
    await answer((question) => question.refuse(new Fault("askTimeout")));
    await assert.rejects(busy, { code: "askTimeout" });
  });

  it("is refused with the parameter that is wrong", async () => {
    const { get } = door();
    for (const [search, code, field] of [
      ["", "invalidField", "/room"],
      ["room=final", "invalidField", "/room"],
      ["room=live/final&depth=1", "invalidField", "/depth"],
      ["room=chat/lobby", "unknownRoom", "/room"],
    ] as const) {
      const { status, body } = await get(search);
      const refusal = body as { code: string; field: string };
      assert.deepEqual([status, refusal.code, refusal.field], [400, code, field]);
    }
  });
});

describe("the action `history`", () => {
  it("answers with what the room knows", async () => {
    const { call, answer } = door();
    const answered = call("/chatroom", "live/final");
    await answer((question) => question.answer({ kind: "known", ...KNOWN }));
    assert.deepEqual(await answered, { kind: "answered", body: { room: "live/final", ...KNOWN } });
  });

  it("is refused for a room of another kind, and for one that nobody has opened", async () => {
    const { call, rooms } = door();
    const foreign = await call("/chatroom/chat", "live/final");
    assert.deepEqual(foreign, {
      kind: "refused",
      code: "unknownRoom",
      field: "/room",
      text: "this route has rooms of the kinds chat",
    });
    const absent = call("/chatroom", "live/final");
    await tick();
    rooms.question("find").answer({ kind: "absent" });
    assert.equal((await absent).kind, "refused");
  });
});

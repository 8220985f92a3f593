import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pushRoute } from "../../../../actors/rooms/push.ts";
import { GatewayProtocol } from "../../../../protocols/gateway.ts";
import { RoomDirectoryProtocol } from "../../../../protocols/room-directory.ts";
import { RoomProtocol } from "../../../../protocols/room.ts";
import { answerRequest } from "../../../../runtime/net/answer-request.ts";
import { Probe } from "../../../support/probe.ts";
import { routeContext } from "../../../support/route-context.ts";

function door({ scopes = ["push"], withGateway = true } = {}) {
  const rooms = new Probe(RoomDirectoryProtocol, "/rooms");
  const room = new Probe(RoomProtocol, "/rooms/live$2ffinal");
  const gateway = new Probe(GatewayProtocol, "/gateway");
  const route = pushRoute({
    rooms,
    gateway: () => (withGateway ? gateway : undefined),
    guard: () => ({ kind: "admitted", principal: { name: "desk", scopes } }),
  });
  const operation = route.onRequest?.POST;
  assert.ok(operation);
  const answer = answerRequest(route, operation);
  const context = routeContext();
  const push = (body: unknown) => {
    const raw = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
    const common = {
      method: "POST",
      path: "/chatroom/push",
      query: new URLSearchParams(),
      headers: {},
      address: "",
      listener: "web",
    };
    return answer({ ...common, raw }, context);
  };
  const open = async () => {
    await tick();
    rooms.question("open").answer({ kind: "opened", room });
    await tick();
  };
  return { rooms, room, gateway, push, open, context };
}

/** Lets promises that are ready go on. */
const tick = () => new Promise<void>((resolve) => void setImmediate(resolve));

describe("a push into a room", () => {
  it("is posted in the name of its key, and answered with its place in the order", async () => {
    const { push, open, room } = door();
    const answer = push({ room: "live/final", data: { text: "goal" }, facts: { home: 1 } });
    await open();
    const question = room.question("post");
    assert.deepEqual(question.message, {
      kind: "post",
      from: "desk",
      data: { text: "goal" },
      facts: { home: 1 },
    });
    question.answer({ kind: "published", epoch: "e", offset: 7 });
    assert.deepEqual(await answer, { status: 200, body: { epoch: "e", offset: 7 } });
  });

  it("may say who speaks", async () => {
    const { push, open, room } = door();
    void push({ room: "live/final", data: 1, from: "the scorer" });
    await open();
    assert.deepEqual(room.question("post").message, { kind: "post", from: "the scorer", data: 1 });
  });

  it("has an id of its key, under which it may come again", async () => {
    const { push, open, room } = door();
    void push({ room: "live/final", data: 1, id: "7" });
    await open();
    assert.equal(room.question("post").message.id, "desk:7");
  });

  it("is to come again a little later when it could not be stored", async () => {
    const { push, open, room } = door();
    for (const code of ["notStored", "storageFull"] as const) {
      const answer = push({ room: "live/final", data: 1 });
      await open();
      room.question("post").answer({ kind: "refused", code, text: "the disk is full" });
      assert.deepEqual(await answer, {
        status: 503,
        body: { code, text: "the disk is full" },
        headers: { "retry-after": "1" },
      });
    }
  });

  it("is tried again when the room closed in between", async () => {
    const { push, open, rooms, room } = door();
    const answer = push({ room: "live/final", data: 1 });
    room.verdict = "gone";
    await open();
    room.verdict = "accepted";
    rooms.question("open").answer({ kind: "opened", room });
    await tick();
    room.question("post").answer({ kind: "published", epoch: "e", offset: 1 });
    assert.equal((await answer).status, 200);
  });

  it("gives up when the room closes again and again", async () => {
    const { push, open, room } = door();
    const answer = push({ room: "live/final", data: 1 });
    room.verdict = "gone";
    await open();
    await open();
    assert.deepEqual([(await answer).status, codeOf(await answer)], [503, "roomClosed"]);
  });

  it("is answered with the reason when the room refuses", async () => {
    const { push, open, room } = door();
    const answer = push({ room: "live/final", data: 1 });
    await open();
    room
      .question("post")
      .answer({ kind: "refused", code: "tooLarge", field: "/data", text: "at most 16 KiB" });
    assert.deepEqual(await answer, {
      status: 413,
      body: { code: "tooLarge", field: "/data", text: "at most 16 KiB" },
    });
  });

  it("is answered with the reason when there are too many rooms", async () => {
    const { push, rooms } = door();
    const answer = push({ room: "live/final", data: 1 });
    await tick();
    rooms.question("open").answer({ kind: "refused", code: "tooManyRooms", text: "at most 2" });
    assert.equal((await answer).status, 503);
  });
});

describe("a push to a listener", () => {
  it("becomes a notice to all who are connected to it", async () => {
    const { push, gateway } = door();
    const answer = push({ listener: "web", data: "restart at noon" });
    await tick();
    const question = gateway.question("notify");
    assert.deepEqual(question.message, {
      kind: "notify",
      listener: "web",
      from: "desk",
      data: "restart at noon",
    });
    question.answer({ kind: "notified", listeners: ["web"] });
    assert.deepEqual(await answer, { status: 200, body: { listeners: ["web"] } });
  });

  it("is answered 404 when there is no such listener, or no gateway", async () => {
    const { push, gateway } = door();
    const answer = push({ listener: "wob", data: 1 });
    await tick();
    gateway.question("notify").answer({ kind: "unknownListener", text: "known: web" });
    assert.deepEqual(await answer, {
      status: 404,
      body: { code: "unknownListener", field: "/listener", text: "known: web" },
    });
    assert.equal((await door({ withGateway: false }).push({ listener: "web", data: 1 })).status, 404);
  });
});

describe("a push that is not right", () => {
  it("is refused with the field", async () => {
    const { push } = door();
    const cases: [unknown, string | undefined, string][] = [
      ["{", undefined, "notJson"],
      [[], "", "notAnObject"],
      [{ room: "live/final" }, "/data", "invalidField"],
      [{ room: "live/", data: 1 }, "/room", "invalidField"],
      [{ data: 1 }, "/room", "invalidField"],
      [{ room: "live/final", listener: "web", data: 1 }, "/room", "invalidField"],
      [{ room: "live/final", data: 1, facts: { "": 1 } }, "/facts/", "invalidField"],
      [{ room: "live/final", data: 1, fact: {} }, "/fact", "invalidField"],
      [{ listener: "web", data: 1, facts: {} }, "/facts", "invalidField"],
      [{ listener: "web", data: 1, id: "7" }, "/id", "invalidField"],
      [{ room: "live/final", data: 1, id: "" }, "/id", "invalidField"],
    ];
    for (const [body, field, code] of cases) {
      const answer = await push(body);
      assert.deepEqual(
        [answer.status, codeOf(answer), (answer.body as { field?: string }).field],
        [400, code, field],
      );
    }
  });

  it("is refused where the key's scopes do not reach", async () => {
    const { push, open, room } = door({ scopes: ["push:live/*"] });
    for (const target of [{ room: "chat/lobby" }, { listener: "web" }]) {
      const answer = await push({ ...target, data: 1 });
      assert.deepEqual([answer.status, codeOf(answer)], [403, "missingScope"]);
    }
    void push({ room: "live/final", data: 1 });
    await open();
    room.question("post");
  });

  it("is refused when its key pushes too often, and says when to come back", async () => {
    const { push, context } = door({ withGateway: false });
    const burst = await Promise.all(Array.from({ length: 2_000 }, () => push({ listener: "web", data: 1 })));
    assert.ok(burst.every(({ status }) => status === 404));
    const answer = await push({ listener: "web", data: 1 });
    assert.deepEqual([answer.status, codeOf(answer), answer.headers?.["retry-after"]], [429, "tooFast", "1"]);
    context.nowMs += 1;
    assert.equal((await push({ listener: "web", data: 1 })).status, 404);
  });
});

function codeOf(answer: { body?: unknown }): string {
  return (answer.body as { code: string }).code;
}

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../../../runtime/fault.ts";
import { route } from "../../../../runtime/net/route.ts";
import { ConnectedClient } from "../../../support/connected-client.ts";

const GONE = new Fault("actorGone");

describe("a client that subscribes", () => {
  it("is taken to the room, which answers by itself", async () => {
    const client = new ConnectedClient();
    client.says({ kind: "hello", version: 1, name: "Ada" });
    client.takeFrames();
    client.says({ kind: "subscribe", id: 5, room: "chat/a", recover: { epoch: "e", offset: 3 } });
    const opening = client.rooms.question("open");
    assert.deepEqual(opening.message, { kind: "open", room: "chat/a" });
    opening.answer({ kind: "opened", room: client.room });
    await client.kit.idle();
    const joining = client.room.question("join");
    assert.deepEqual(joining.message, {
      kind: "join",
      member: { id: "c-1", name: "Ada" },
      outlet: client.outlet,
      connection: client.kit.self,
      frameId: 5,
      recover: { epoch: "e", offset: 3 },
    });
    joining.answer({ kind: "joined", epoch: "e", offset: 3 });
    await client.kit.idle();
    assert.deepEqual(client.takeFrames(), []);
  });

  it("may go on speaking about the room before it is found, and everything arrives in order", async () => {
    const client = new ConnectedClient();
    client.says(
      { kind: "subscribe", id: 1, room: "chat/a" },
      { kind: "publish", id: 2, room: "chat/a", data: "first" },
      { kind: "publish", id: 3, room: "chat/a", data: "second" },
      { kind: "unsubscribe", id: 4, room: "chat/a" },
    );
    client.kit.takeEffects();
    client.rooms.question("open").answer({ kind: "opened", room: client.room });
    await client.kit.idle();
    const toRoom = client.kit
      .takeEffects()
      .flatMap((effect) =>
        (effect.kind === "asked" || effect.kind === "told") && effect.to === client.room
          ? effect.message
          : [],
      );
    assert.deepEqual(
      toRoom.map(({ kind, data }) => data ?? kind),
      ["join", "first", "second", "leave"],
    );
  });

  it("is told why the room does not take it, and may try again", async () => {
    const client = new ConnectedClient();
    for (const id of [1, 2]) {
      client.says({ kind: "subscribe", id, room: "chat/a" });
      client.rooms.question("open").answer({ kind: "opened", room: client.room });
      await client.kit.idle();
      client.room.question("join").answer({ kind: "refused", code: "roomFull", text: "full" });
      await client.kit.idle();
      assert.deepEqual(client.takeFrames(), [{ kind: "refused", id, code: "roomFull", text: "full" }]);
    }
  });

  it("is in the room when it left and came back before the room was found", async () => {
    const client = new ConnectedClient();
    client.says(
      { kind: "subscribe", id: 1, room: "chat/a" },
      { kind: "unsubscribe", id: 2, room: "chat/a" },
      { kind: "subscribe", id: 3, room: "chat/a" },
    );
    for (const id of [1, 3]) {
      client.rooms.question("open").answer({ kind: "opened", room: client.room });
      await client.kit.idle();
      const joining = client.room.question("join");
      assert.equal(joining.message.frameId, id);
      joining.answer({ kind: "joined", epoch: "e", offset: 0 });
      await client.kit.idle();
    }
    client.says({ kind: "publish", id: 4, room: "chat/a", data: "here" });
    assert.equal(client.room.question("publish").message.data, "here");
  });

  it("is told why the room did not take it also after it has left, and its next try stays its own", async () => {
    const client = new ConnectedClient();
    client.says({ kind: "subscribe", id: 1, room: "chat/a" });
    client.rooms.question("open").answer({ kind: "opened", room: client.room });
    await client.kit.idle();
    const first = client.room.question("join");
    client.says({ kind: "unsubscribe", id: 2, room: "chat/a" }, { kind: "subscribe", id: 3, room: "chat/a" });
    client.takeFrames();
    first.answer({ kind: "refused", code: "roomFull", text: "full" });
    await client.kit.idle();
    assert.deepEqual(client.takeFrames(), [{ kind: "refused", id: 1, code: "roomFull", text: "full" }]);
    client.rooms.question("open").answer({ kind: "opened", room: client.room });
    await client.kit.idle();
    assert.equal(client.room.question("join").message.frameId, 3);
  });

  it("is told when there are too many rooms, with everything it said meanwhile", async () => {
    const client = new ConnectedClient();
    client.says(
      { kind: "subscribe", id: 1, room: "chat/a" },
      { kind: "publish", id: 2, room: "chat/a", data: 1 },
    );
    client.rooms.question("open").answer({ kind: "refused", code: "tooManyRooms", text: "enough" });
    await client.kit.idle();
    assert.deepEqual(client.takeFrames(), [
      { kind: "refused", id: 1, code: "tooManyRooms", text: "enough" },
      { kind: "refused", id: 2, code: "tooManyRooms", text: "enough" },
    ]);
  });

  it("opens the room again when it closed in between, once", async () => {
    const client = new ConnectedClient();
    client.says({ kind: "subscribe", id: 1, room: "chat/a" });
    for (let attempt = 0; attempt < 2; attempt++) {
      client.rooms.question("open").answer({ kind: "opened", room: client.room });
      await client.kit.idle();
      client.room.question("join").refuse(GONE);
      await client.kit.idle();
    }
    const [refused] = client.takeFrames();
    assert.deepEqual(refused?.kind === "refused" && [refused.id, refused.code], [1, "roomClosed"]);
    assert.throws(() => client.rooms.question("open"), /was not asked/);
  });

  it("may be in so many rooms and no more", async () => {
    const client = new ConnectedClient();
    await client.joins("chat/a");
    await client.joins("chat/b");
    client.says({ kind: "subscribe", id: 9, room: "chat/c" });
    assert.deepEqual(client.takeFrames(), [
      {
        kind: "refused",
        id: 9,
        code: "tooManySubscriptions",
        field: "/room",
        text: "a connection may be in 2 rooms",
      },
    ]);
  });

  it("may subscribe again, which asks the room again", async () => {
    const client = new ConnectedClient();
    await client.joins("chat/a");
    client.says({ kind: "subscribe", id: 2, room: "chat/a" });
    assert.equal(client.room.question("join").message.frameId, 2);
  });

  it("hears of a fault that passes, with the word to try again", async () => {
    const client = new ConnectedClient();
    client.says({ kind: "subscribe", id: 1, room: "chat/a" });
    client.rooms.question("open").refuse(new Fault("mailboxFull"));
    await client.kit.idle();
    const [refused] = client.takeFrames();
    assert.deepEqual(refused, {
      kind: "refused",
      id: 1,
      code: "mailboxFull",
      text: "the mailbox is full",
      retryAfterMs: 1_000,
    });
  });
});

describe("a room that the route does not have", () => {
  it("is refused by name, and nobody is asked", () => {
    const client = new ConnectedClient({ routes: [route("/chatroom/live", { rooms: ["live"] })] });
    client.says({ kind: "subscribe", id: 1, room: "chat/a" });
    assert.deepEqual(client.takeFrames(), [
      {
        kind: "refused",
        id: 1,
        code: "unknownRoom",
        field: "/room",
        text: "this route has rooms of the kinds live",
      },
    ]);
    assert.throws(() => client.rooms.question("open"), /was not asked/);
  });
});

describe("a member that speaks", () => {
  it("learns the place of what it said", async () => {
    const client = new ConnectedClient();
    await client.joins("chat/a");
    client.says({ kind: "publish", id: 2, room: "chat/a", data: { text: "hi" } });
    const question = client.room.question("publish");
    assert.deepEqual(question.message, { kind: "publish", member: "c-1", data: { text: "hi" } });
    question.answer({ kind: "published", epoch: "e", offset: 12 });
    await client.kit.idle();
    assert.deepEqual(client.takeFrames(), [{ kind: "published", id: 2, offset: 12 }]);
  });

  it("learns which field was wrong", async () => {
    const client = new ConnectedClient();
    await client.joins("chat/a");
    client.says({ kind: "publish", id: 2, room: "chat/a", data: 1 });
    client.room
      .question("publish")
      .answer({ kind: "refused", code: "tooLarge", field: "/data", text: "too large" });
    await client.kit.idle();
    assert.deepEqual(client.takeFrames(), [
      { kind: "refused", id: 2, code: "tooLarge", field: "/data", text: "too large" },
    ]);
  });

  it("is told to subscribe first, or again when the room has closed", async () => {
    const client = new ConnectedClient();
    client.says({ kind: "publish", id: 1, room: "chat/a", data: 1 });
    const [first] = client.takeFrames();
    assert.equal(first?.kind === "refused" && first.code, "notSubscribed");
    await client.joins("chat/a");
    client.says({ kind: "publish", id: 3, room: "chat/a", data: 1 });
    client.room.question("publish").refuse(GONE);
    await client.kit.idle();
    const [second] = client.takeFrames();
    assert.equal(second?.kind === "refused" && second.code, "roomClosed");
  });

  it("waits for no answer: a slow room does not hold up the others", async () => {
    const client = new ConnectedClient();
    await client.joins("chat/a");
    client.says({ kind: "publish", id: 2, room: "chat/a", data: 1 }, { kind: "hello", version: 1 });
    assert.deepEqual(
      client.takeFrames().map(({ kind }) => kind),
      ["welcome"],
    );
  });
});

describe("a client that asks who is there", () => {
  it("hears of its room", async () => {
    const client = new ConnectedClient();
    await client.joins("chat/a");
    client.says({ kind: "presence", id: 2, room: "chat/a" });
    client.room
      .question("presence")
      .answer({ kind: "present", count: 1, members: [{ id: "c-1", name: "Ada" }] });
    await client.kit.idle();
    assert.deepEqual(client.takeFrames(), [
      { kind: "presence", id: 2, room: "chat/a", count: 1, members: [{ id: "c-1", name: "Ada" }] },
    ]);
  });

  it("hears of another room without going there", async () => {
    const client = new ConnectedClient();
    client.says({ kind: "presence", id: 1, room: "chat/a" });
    client.rooms.question("find").answer({ kind: "found", room: client.room });
    await client.kit.idle();
    client.room.question("presence").answer({ kind: "present", count: 0, members: [] });
    await client.kit.idle();
    assert.deepEqual(client.takeFrames(), [
      { kind: "presence", id: 1, room: "chat/a", count: 0, members: [] },
    ]);
  });

  it("does not open a room by asking", async () => {
    const client = new ConnectedClient();
    client.says({ kind: "presence", id: 1, room: "chat/a" });
    client.rooms.question("find").answer({ kind: "absent" });
    await client.kit.idle();
    assert.deepEqual(client.takeFrames(), [
      { kind: "presence", id: 1, room: "chat/a", count: 0, members: [] },
    ]);
    assert.throws(() => client.rooms.question("open"), /was not asked/);
  });
});

describe("a member that leaves a room", () => {
  it("is out at once, and may come back", async () => {
    const client = new ConnectedClient();
    await client.joins("chat/a");
    client.says({ kind: "unsubscribe", id: 2, room: "chat/a" });
    assert.deepEqual(client.room.takeTold(), [{ kind: "leave", member: "c-1" }]);
    assert.deepEqual(client.takeFrames(), [{ kind: "unsubscribed", id: 2, room: "chat/a" }]);
    await client.joins("chat/a", 3);
  });

  it("may leave twice", () => {
    const client = new ConnectedClient();
    client.says({ kind: "unsubscribe", id: 2, room: "chat/a" });
    assert.deepEqual(client.takeFrames(), [{ kind: "unsubscribed", id: 2, room: "chat/a" }]);
  });
});

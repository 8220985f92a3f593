import assert from "node:assert/strict";
import { test } from "node:test";
import type { Publication, ServerFrames } from "../../../../protocols/client-frames.ts";
import type { Gap, Refusal, RoomHandlers } from "../../../../runtime/client/client.ts";
import { REQUESTS_MAX } from "../../../../runtime/client/requests.ts";
import { fakeClient, welcome } from "../../../support/fake-socket.ts";
import type { FakeSocket } from "../../../support/fake-socket.ts";

const ROOM = "chat/lobby";

const publication = (offset: number, facts?: Record<string, unknown>): ServerFrames["publication"] => ({
  kind: "publication",
  room: ROOM,
  offset,
  from: "Fig",
  data: `m${offset}`,
  atMs: 0,
  ...(facts && { facts }),
});

/** Answers the newest `subscribe` of a socket. */
function admit(socket: FakeSocket, offset: number, parts: Partial<ServerFrames["subscribed"]> = {}): void {
  const { id, room } = socket.last("subscribe");
  const publications: Publication[] = [];
  socket.says({
    kind: "subscribed",
    id,
    room,
    epoch: "a",
    offset,
    members: 1,
    recovered: true,
    publications,
    ...parts,
  });
}

/** Handlers that write down what they hear. */
function listener() {
  const heard: unknown[] = [];
  const handlers: RoomHandlers = {
    publication: ({ offset }) => void heard.push(offset),
    gap: (gap: Gap) => void heard.push(gap.reason),
    facts: (facts) => void heard.push(facts),
  };
  return { heard, handlers };
}

const refusalOf = (promise: Promise<unknown>): Promise<Refusal> =>
  promise.then(
    () => assert.fail("the request succeeded"),
    (refusal: unknown) => refusal as Refusal,
  );

test("a client says hello with its name and is open once the gateway welcomes it", () => {
  const { client, socket } = fakeClient({ name: "Ash" });
  const states: string[] = [];
  client.onState((state) => states.push(state.kind));
  welcome(socket());
  assert.deepEqual(socket().sent, [{ kind: "hello", version: 1, name: "Ash" }]);
  assert.deepEqual(client.state, { kind: "open", connection: "c1", name: "Ash" });
  assert.deepEqual(states, ["open"]);
});

test("a second welcome renames, and subscribes nothing twice", () => {
  const { client, socket } = fakeClient();
  client.room(ROOM).subscribe({});
  welcome(socket());
  socket().says({ kind: "welcome", connection: "c1", name: "Fig", pingEveryMs: 10_000 });
  assert.equal(client.state.kind === "open" && client.state.name, "Fig");
  assert.equal(socket().sent.filter(({ kind }) => kind === "subscribe").length, 1);
});

test("a broken connection is opened again after the delay, with what is missing of each room", () => {
  const { client, clock, sockets, socket } = fakeClient();
  const { heard, handlers } = listener();
  client.room(ROOM).subscribe(handlers);
  welcome(socket());
  admit(socket(), 4);
  socket().says(publication(5));
  socket().breaks();
  assert.deepEqual(client.state, { kind: "waiting", attempt: 0, delayMs: 250, reason: "lost" });
  clock.advance(249);
  assert.equal(sockets.length, 1);
  clock.advance(1);
  welcome(socket());
  assert.deepEqual(socket().last("subscribe").recover, { epoch: "a", offset: 5 });
  admit(socket(), 7, { publications: [publication(6), publication(7)] });
  socket().says(publication(7), publication(8));
  assert.deepEqual(heard, [5, 6, 7, 8]);
});

test("a restarted room shows as a gap", () => {
  const { client, clock, socket } = fakeClient();
  const { heard, handlers } = listener();
  client.room(ROOM).subscribe(handlers);
  welcome(socket());
  admit(socket(), 4);
  socket().breaks();
  clock.advance(1000);
  welcome(socket());
  admit(socket(), 1, { epoch: "b", recovered: false, publications: [publication(1)] });
  assert.deepEqual(heard, ["restarted", 1]);
});

test("a hole in the offsets is asked for again, and nothing is shown out of order", () => {
  const { client, clock, socket } = fakeClient();
  const { heard, handlers } = listener();
  client.room(ROOM).subscribe(handlers);
  welcome(socket());
  admit(socket(), 4);
  socket().says(publication(6), publication(7));
  assert.deepEqual(heard, []);
  clock.advance(250);
  assert.deepEqual(socket().last("subscribe").recover, { epoch: "a", offset: 4 });
  admit(socket(), 7, { publications: [publication(5), publication(6), publication(7)] });
  assert.deepEqual(heard, [5, 6, 7]);
});

test("a slow reader that was skipped subscribes again, but not for each notice", () => {
  const { client, clock, socket } = fakeClient();
  client.room(ROOM).subscribe({});
  welcome(socket());
  admit(socket(), 4);
  for (let offset = 10; offset < 60; offset++) {
    socket().says({ kind: "skipped", room: ROOM, offset });
    clock.advance(10);
  }
  const subscriptions = socket().sent.filter(({ kind }) => kind === "subscribe").length;
  assert.ok(subscriptions > 1 && subscriptions <= 3, `${subscriptions} subscriptions in half a second`);
});

test("a subscription that the gateway ends by itself is taken up again", () => {
  const { client, clock, socket } = fakeClient();
  client.room(ROOM).subscribe({});
  welcome(socket());
  admit(socket(), 4);
  const before = socket().last("subscribe").id;
  socket().says({ kind: "unsubscribed", id: 0, room: ROOM });
  clock.advance(250);
  assert.notEqual(socket().last("subscribe").id, before);
});

test("a refused subscription says so, and is tried again when the refusal says when", () => {
  const { client, clock, socket } = fakeClient();
  const room = client.room(ROOM);
  room.subscribe({});
  welcome(socket());
  const { id } = socket().last("subscribe");
  socket().says({ kind: "refused", id, code: "tooFast", retryAfterMs: 2000 });
  assert.equal(room.state.kind === "refused" && room.state.refusal.code, "tooFast");
  clock.advance(2000);
  assert.equal(room.state.kind, "joining");
});

test("facts are those of the room, then each publication's changes", () => {
  const { client, socket } = fakeClient();
  const { heard, handlers } = listener();
  client.room(ROOM).subscribe(handlers);
  welcome(socket());
  admit(socket(), 2, { facts: { score: "1:0" }, publications: [publication(2, { score: "0:0" })] });
  socket().says(publication(3, { minute: 12 }));
  assert.deepEqual(heard, [{ score: "1:0" }, 2, 3, { score: "1:0", minute: 12 }]);
});

test("a handler that throws keeps nothing from being shown", () => {
  const errors: unknown[] = [];
  const { client, socket } = fakeClient({ onError: (error) => errors.push(error) });
  const heard: number[] = [];
  client.room(ROOM).subscribe({
    publication({ offset }) {
      heard.push(offset);
      if (offset === 1) throw new Error("first");
    },
  });
  welcome(socket());
  admit(socket(), 2, { publications: [publication(1), publication(2)] });
  assert.deepEqual(heard, [1, 2]);
  assert.deepEqual(errors, [new Error("first")]);
});

test("published means that the message has its offset", async () => {
  const { client, socket } = fakeClient();
  welcome(socket());
  const published = client.room(ROOM).publish({ text: "hi" });
  const { id, data } = socket().last("publish");
  assert.deepEqual(data, { text: "hi" });
  socket().says({ kind: "published", id, offset: 12 });
  assert.deepEqual(await published, { offset: 12 });
});

test("a refusal of the room rejects with its code, field and delay", async () => {
  const { client, socket } = fakeClient();
  welcome(socket());
  const refusal = refusalOf(client.room(ROOM).publish(1));
  const { id } = socket().last("publish");
  socket().says({ kind: "refused", id, code: "tooFast", field: "/data", text: "slowly", retryAfterMs: 5 });
  const { code, outcome, field, message, retryAfterMs } = await refusal;
  assert.deepEqual(
    [code, outcome, field, message, retryAfterMs],
    ["tooFast", "refused", "/data", "slowly", 5],
  );
});

test("what was sent when the connection broke may have been published; what comes later was not sent", async () => {
  const { client, socket } = fakeClient();
  welcome(socket());
  const sent = refusalOf(client.room(ROOM).publish(1));
  socket().breaks();
  const later = refusalOf(client.room(ROOM).publish(2));
  assert.deepEqual([(await sent).code, (await sent).outcome], ["disconnected", "unknown"]);
  assert.deepEqual([(await later).code, (await later).outcome], ["notConnected", "notSent"]);
});

test("nothing is published twice behind the application's back", () => {
  const { client, clock, socket } = fakeClient();
  welcome(socket());
  void refusalOf(client.room(ROOM).publish(1));
  socket().breaks();
  clock.advance(1000);
  welcome(socket());
  clock.advance(60_000);
  assert.ok(!socket().sent.some(({ kind }) => kind === "publish"));
});

test("an answer that does not come in time leaves the outcome open, and a late one is ignored", async () => {
  const { client, clock, socket } = fakeClient();
  welcome(socket());
  const refusal = refusalOf(client.room(ROOM).publish(1, { timeoutMs: 300 }));
  clock.advance(300);
  assert.deepEqual([(await refusal).code, (await refusal).outcome], ["timeout", "unknown"]);
  socket().says({ kind: "published", id: socket().last("publish").id, offset: 1 });
});

test("too many unanswered requests, and a frame too large, are refused without being sent", async () => {
  const { client, socket } = fakeClient();
  welcome(socket());
  const large = await refusalOf(client.room(ROOM).publish("語".repeat(30_000)));
  assert.deepEqual([large.code, large.outcome], ["tooLarge", "notSent"]);
  const first = client.room(ROOM).publish("answered");
  const { id } = socket().last("publish");
  for (let n = 1; n < REQUESTS_MAX; n++) void refusalOf(client.room(ROOM).publish(n));
  const last = await refusalOf(client.room(ROOM).publish("one more"));
  assert.deepEqual([last.code, last.outcome], ["tooManyPending", "notSent"]);
  socket().says({ kind: "published", id, offset: 1 });
  assert.deepEqual(await first, { offset: 1 });
  const before = socket().sent.length;
  void refusalOf(client.room(ROOM).publish("now there is space"));
  assert.equal(socket().sent.length, before + 1);
  client.close();
});

test("an action answers with its body", async () => {
  const { client, socket } = fakeClient();
  welcome(socket());
  const answer = client.call("/chatroom", "rooms", { limit: 5 });
  const { id, ...call } = socket().last("call");
  assert.deepEqual(call, { kind: "call", route: "/chatroom", action: "rooms", body: { limit: 5 } });
  socket().says({ kind: "answered", id, body: ["chat/lobby"] });
  assert.deepEqual(await answer, ["chat/lobby"]);
});

test("a ping is answered", () => {
  const { socket, welcome: greet } = fakeClient();
  greet();
  socket().says({ kind: "ping" });
  assert.deepEqual(socket().sent.at(-1), { kind: "pong" });
});

test("a server that is silent for two and a half ping periods is given up", () => {
  const { client, clock, socket } = fakeClient();
  welcome(socket());
  clock.advance(20_000);
  socket().says({ kind: "ping" });
  clock.advance(24_999);
  assert.ok(!socket().closed);
  clock.advance(1);
  assert.equal(client.state.kind === "waiting" && client.state.reason, "silent");
  assert.ok(socket().closed);
});

test("a server that accepts but never welcomes is given up after ten seconds", () => {
  const { client, clock, socket } = fakeClient();
  socket().open();
  clock.advance(10_000);
  assert.equal(client.state.kind, "waiting");
});

test("a drain frame decides when to come back", () => {
  const { client, clock, sockets, socket } = fakeClient();
  welcome(socket());
  socket().says({ kind: "drain", reconnectAfterMs: 7000 });
  socket().breaks(4503);
  assert.equal(client.state.kind === "waiting" && client.state.delayMs, 7000);
  clock.advance(7000);
  assert.equal(sockets.length, 2);
});

test("a close code that forbids to come back ends the session until the application retries", () => {
  const { client, clock, sockets, socket } = fakeClient();
  welcome(socket());
  socket().breaks(4403);
  assert.deepEqual(client.state, { kind: "closed", reason: "forbidden" });
  clock.advance(100_000);
  assert.equal(sockets.length, 1);
  client.retry();
  assert.equal(sockets.length, 2);
});

test("a socket that was given up is heard no more", () => {
  const { client, clock, sockets } = fakeClient();
  welcome(sockets[0]!);
  sockets[0]!.breaks();
  clock.advance(1000);
  welcome(sockets[1]!);
  sockets[0]!.breaks(4403);
  assert.equal(client.state.kind, "open");
});

test("what still arrives from a server that was given up is not heard", () => {
  const { client, clock, socket } = fakeClient();
  const notices: unknown[] = [];
  client.onNotice(({ data }) => notices.push(data));
  welcome(socket());
  socket().says({ kind: "notice", from: "desk", data: 1, atMs: 0 });
  clock.advance(25_000);
  socket().says({ kind: "notice", from: "desk", data: 2, atMs: 0 });
  assert.deepEqual(notices, [1]);
});

test("the silence of an ended connection does not end the next one", () => {
  const { client, clock, sockets, socket } = fakeClient();
  welcome(socket());
  clock.advance(24_700);
  socket().breaks();
  clock.advance(400);
  assert.deepEqual([client.state.kind, sockets.length], ["connecting", 2]);
});

test("another name is taken with a new connection, and the rooms are recovered", () => {
  const { client, sockets, socket } = fakeClient({ name: "Ash" });
  client.room(ROOM).subscribe({});
  welcome(socket());
  admit(socket(), 3);
  client.rename("Fig");
  assert.equal(sockets.length, 2);
  welcome(socket());
  assert.deepEqual(socket().sent[0], { kind: "hello", version: 1, name: "Fig" });
  assert.deepEqual(socket().last("subscribe").recover, { epoch: "a", offset: 3 });
});

test("presence is asked for when wanted, then kept up to date", async () => {
  const { client, socket } = fakeClient();
  const names: string[][] = [];
  const presence: RoomHandlers["presence"] = ({ members }) =>
    void names.push(members.map(({ name }) => name));
  client.room(ROOM).subscribe({ presence });
  welcome(socket());
  admit(socket(), 0, { members: 2 });
  const { id } = socket().last("presence");
  const ash = { id: "1", name: "Ash" };
  socket().says({ kind: "presence", id, room: ROOM, count: 1, members: [ash] });
  await Promise.resolve();
  socket().says({ kind: "joined", room: ROOM, members: [{ id: "2", name: "Fig" }], count: 2 });
  socket().says({ kind: "left", room: ROOM, members: [ash], count: 1 });
  assert.deepEqual(names.slice(-3), [["Ash"], ["Ash", "Fig"], ["Fig"]]);
});

test("a room that was left is heard no more and begins anew", () => {
  const { client, socket } = fakeClient();
  const { heard, handlers } = listener();
  const room = client.room(ROOM);
  room.subscribe(handlers);
  welcome(socket());
  admit(socket(), 3);
  room.leave();
  socket().says(publication(4));
  assert.equal(socket().last("unsubscribe").room, ROOM);
  room.subscribe(handlers);
  assert.equal(socket().last("subscribe").recover, undefined);
  assert.deepEqual(heard, []);
});

test("the answer to a subscription that was left meanwhile is void", () => {
  const { client, socket } = fakeClient();
  const room = client.room(ROOM);
  room.subscribe({});
  welcome(socket());
  room.leave();
  admit(socket(), 3);
  assert.equal(room.state.kind, "away");
});

test("data that is no frame, and frames of a newer server, change nothing", () => {
  const { client, socket } = fakeClient();
  welcome(socket());
  const senseless = ["", "{", "[]", "null", '"kind"', '{"kind":5}', '{"kind":"newlyInvented"}', "ÿ"];
  for (const data of senseless) socket().saysRaw(data);
  socket().saysRaw(new Uint8Array([0xff, 0xfe]));
  assert.equal(client.state.kind, "open");
});

test("a closed client fails what waits, opens nothing and hears nothing", async () => {
  const { client, clock, sockets, socket } = fakeClient();
  welcome(socket());
  const refusal = refusalOf(client.room(ROOM).publish(1));
  client.close();
  assert.equal(clock.step(1e9), false, "no timer is left");
  client.retry();
  clock.advance(100_000);
  assert.equal((await refusal).code, "closed");
  assert.equal(sockets.length, 1);
  assert.ok(socket().closed);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  EMPTY_CHAT,
  ENTRIES_MAX,
  withDelivery,
  withGap,
  withNote,
  withPublication,
  withSending,
} from "../../../../../actors/rooms/page/chat-log.ts";
import type { ChatLog } from "../../../../../actors/rooms/page/chat-log.ts";

const publication = (offset: number, data: unknown) => ({
  room: "chat/lobby",
  offset,
  from: "Ash",
  data,
  atMs: 5,
});
const mine = (key: string) => key.startsWith("mine");
const told = (log: ChatLog, offset: number, data: unknown) =>
  withPublication(log, publication(offset, data), mine);
const member = (name: string) => ({ id: name, name });

test("an own message stands below the others until the room tells it, then in its place", () => {
  let log = withSending(EMPTY_CHAT, { key: "mine1", text: "hi", atMs: 1 });
  log = told(log, 1, "before");
  assert.deepEqual([log.entries.length, log.own.length], [1, 1]);
  log = told(log, 2, { text: "hi", key: "mine1" });
  assert.deepEqual(log.own, []);
  assert.deepEqual(
    log.entries.map((entry) => entry.kind === "message" && [entry.text, entry.mine]),
    [
      ["before", false],
      ["hi", true],
    ],
  );
});

test("an answer that arrives before the message itself shows its offset", () => {
  const sending = withSending(EMPTY_CHAT, { key: "mine1", text: "hi", atMs: 1 });
  const log = withDelivery(sending, "mine1", { kind: "sent", offset: 7 });
  assert.deepEqual(log.own[0]?.delivery, { kind: "sent", offset: 7 });
});

test("a message sent again after a lost answer shows once", () => {
  let log = told(EMPTY_CHAT, 1, { text: "hi", key: "mine1" });
  log = withSending(log, { key: "mine1", text: "hi", atMs: 1 });
  log = told(log, 2, { text: "hi", key: "mine1" });
  assert.equal(log.entries.length, 1);
});

test("a message that somebody else sent again shows once, too", () => {
  const log = told(told(EMPTY_CHAT, 1, { text: "a", key: "other" }), 2, { text: "a", key: "other" });
  assert.equal(log.entries.length, 1);
});

test("nobody can hide another's message, or become this window, by taking a key", () => {
  const taken = { ...publication(2, { text: "b", key: "mine1" }), from: "Thief" };
  const log = withPublication(told(EMPTY_CHAT, 1, { text: "a", key: "mine1" }), taken, mine);
  assert.deepEqual(
    log.entries.map((entry) => entry.kind === "message" && [entry.text, entry.mine]),
    [
      ["a", true],
      ["b", false],
    ],
  );
});

test("data of other clients is shown as it is", () => {
  const log = [{ text: 5 }, null, [1], "plain"].reduce<ChatLog>(
    (all, data, index) => told(all, index + 1, data),
    EMPTY_CHAT,
  );
  assert.deepEqual(
    log.entries.map((entry) => entry.kind === "message" && entry.text),
    ['{"text":5}', "null", "[1]", "plain"],
  );
});

test("who comes and goes in a row stands in one note, and who only came back in none", () => {
  let log = withNote(EMPTY_CHAT, "came", [member("Ash"), member("Fig")]);
  log = withNote(log, "left", [member("Elm")]);
  assert.deepEqual(
    log.entries.map((entry) => entry.kind === "note" && [entry.came, entry.left]),
    [[["Ash", "Fig"], ["Elm"]]],
  );
  assert.deepEqual(
    withNote(withNote(EMPTY_CHAT, "left", [member("Ash")]), "came", [member("Ash")]).entries,
    [],
  );
});

test("a gap stands where it was noticed, and every entry has an id of its own", () => {
  let log = told(EMPTY_CHAT, 1, "a");
  log = withGap(log, { reason: "restarted" });
  log = withGap(log, { reason: "restarted" });
  log = withNote(told(log, 1, "a"), "came", [member("Ash")]);
  assert.deepEqual(
    log.entries.map(({ kind }) => kind),
    ["message", "gap", "gap", "message", "note"],
  );
});

test("the log keeps the newest and forgets the rest", () => {
  let log = EMPTY_CHAT;
  for (let offset = 1; offset <= ENTRIES_MAX + 5; offset++) log = told(log, offset, offset);
  assert.equal(log.entries.length, ENTRIES_MAX);
  assert.equal(log.entries.at(-1)?.kind === "message" && log.entries.at(-1)?.id, `${ENTRIES_MAX + 5}@5`);
});

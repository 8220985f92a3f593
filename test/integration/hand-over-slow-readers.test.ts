import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as pass } from "node:timers/promises";
import { EchoClient } from "../support/echo-client.ts";
import { eventually } from "../support/eventually.ts";
import { MovingHost } from "../support/moving-host.ts";

/** Each answer has as many letters. */
const LETTERS = 100_000;
/** More than the operating system takes for a client that does not read, with a megabyte that waits in the process. */
const QUESTIONS = 150;
/** How long a client sleeps before and after it is moved, in milliseconds. */
const SLEEP_MS = 500;

let host: MovingHost;

before(async () => {
  host = await MovingHost.start();
});
after(() => host.stop());

function answer(question: number): string {
  return `${LETTERS} of ${question} ${"x".repeat(LETTERS)}`;
}

const answers = Array.from({ length: QUESTIONS }, (_, index) => answer(index));

/** Asks for all and reads nothing. */
async function asleep(client: EchoClient): Promise<EchoClient> {
  client.socket.pause();
  for (let index = 0; index < QUESTIONS; index++) client.say(`${LETTERS} of ${index}`);
  await pass(SLEEP_MS);
  return client;
}

function sameTexts(heard: readonly string[]): boolean {
  return heard.length === answers.length && heard.every((text, index) => text === answers[index]);
}

describe("a client that has stopped reading", () => {
  it("gets every byte once and in order after two moves, and is served on", async () => {
    const url = `${host.urls.listeners["web"]?.replace("http", "ws")}/echo`;
    const clients = await Promise.all([
      EchoClient.webSocket(url).then(asleep),
      EchoClient.tcp(host.portOf("text-line"), "line").then(asleep),
      EchoClient.tcp(host.portOf("text-length"), "length").then(asleep),
    ]);
    assert.deepEqual(await host.move(), { connections: 3, lost: 0 });
    assert.deepEqual(await host.move(), { connections: 3, lost: 0 });
    await pass(SLEEP_MS);
    for (const { socket } of clients) socket.resume();
    for (const client of clients) {
      await eventually(() => client.heard.length, QUESTIONS);
      assert.ok(sameTexts(client.heard), "other texts than were asked for");
      client.say("awake");
      await eventually(() => client.heard.at(-1), "awake");
      assert.equal(client.end, undefined);
      client.destroy();
    }
  });

  it("gets every byte once and in order when it reads while it is moved", async () => {
    const url = `${host.urls.listeners["web"]?.replace("http", "ws")}/echo`;
    const clients = await Promise.all([
      EchoClient.webSocket(url).then(asleep),
      EchoClient.tcp(host.portOf("text-line"), "line").then(asleep),
    ]);
    const moving = host.move();
    for (const { socket } of clients) void sip(socket);
    assert.equal((await moving).lost, 0);
    for (const client of clients) {
      await eventually(() => client.heard.length, QUESTIONS);
      assert.ok(sameTexts(client.heard), "other texts than were asked for");
      client.destroy();
    }
  });
});

/** Reads a little at a time. */
async function sip(socket: EchoClient["socket"]): Promise<void> {
  while (!socket.destroyed) {
    socket.resume();
    await pass(1);
    socket.pause();
    await pass(9);
  }
}

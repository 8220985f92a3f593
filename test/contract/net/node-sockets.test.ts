import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, createServer as createHttpServer, request } from "node:http";
import type { RequestListener } from "node:http";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { afterEach, describe, it } from "node:test";
import { setTimeout as pass } from "node:timers/promises";
import { HttpSockets } from "../../../runtime/net/hand-over/http-sockets.ts";
import type { RawHandle } from "../../../runtime/net/hand-over/raw-handle.ts";
import {
  acceptHandle,
  adoptHandle,
  canRelease,
  releaseHandle,
  stopAccepting,
} from "../../../runtime/net/hand-over/socket-handle.ts";

/** Long enough for bytes on the loopback to have come, in milliseconds. */
const READ_MS = 30;

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function listening<S extends Server>(server: S): Promise<S> {
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function client(server: Server): Promise<Socket> {
  const socket = connect({ port: portOf(server), host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => {});
  sockets.push(socket);
  await once(socket, "connect");
  return socket;
}

/** A client and the server's side of its connection. */
async function pair(server: Server): Promise<{ readonly outside: Socket; readonly inside: Socket }> {
  const came = once(server, "connection") as Promise<[Socket]>;
  const outside = await client(server);
  const [inside] = await came;
  sockets.push(inside);
  return { outside, inside };
}

function heardBy(socket: Socket): () => string {
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}

async function until(reached: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!reached()) {
    assert.ok(performance.now() < deadline, "it never came to that");
    await pass(1);
  }
}

function countOf(server: Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
}

describe("a socket whose handle is taken out", () => {
  it("is closed for everybody who listens to it, and open for its client", async () => {
    const server = await listening(createServer());
    const { outside, inside } = await pair(server);
    let isClosed = false;
    inside.on("close", () => (isClosed = true));
    assert.equal(canRelease(inside), true);
    assert.ok(releaseHandle(inside) !== undefined);
    await until(() => isClosed);
    await pass(READ_MS);
    assert.equal(outside.readableEnded || outside.destroyed, false);
    assert.deepEqual([canRelease(inside), releaseHandle(inside)], [false, undefined]);
    assert.equal(await countOf(server), 0);
  });

  it("gives out what was read and not heard, tells nobody of it, and leaves to the system what comes later", async () => {
    const server = await listening(createServer());
    const { outside, inside } = await pair(server);
    const heard = heardBy(inside);
    inside.pause();
    outside.write("read ");
    await until(() => inside.readableLength > 0);
    const { handle, unread } = releaseHandle(inside) ?? assert.fail("was not released");
    outside.write("later");
    await pass(READ_MS);
    assert.deepEqual([unread.toString(), heard()], ["read ", ""]);
    const again = adoptHandle(server, handle);
    sockets.push(again);
    const heardAgain = heardBy(again);
    again.resume();
    await until(() => heardAgain() === "later");
  });

  it("still writes what was written before", async () => {
    const server = await listening(createServer());
    const { outside, inside } = await pair(server);
    const bytes = Buffer.alloc(20_000_000, "x");
    inside.write(bytes);
    const { handle } = releaseHandle(inside) ?? assert.fail("was not released");
    // What the client has not taken is counted exactly, and goes down as it reads.
    assert.ok(handle.writeQueueSize > 0 && handle.writeQueueSize < bytes.length, "is not counted");
    let taken = 0;
    outside.on("data", (chunk: Buffer) => (taken += chunk.length));
    await until(() => taken === bytes.length);
    assert.equal(handle.writeQueueSize, 0);
    handle.close();
  });

  it("is not released when its client has ended its side", async () => {
    const server = await listening(createServer({ allowHalfOpen: true }));
    const { outside, inside } = await pair(server);
    inside.resume();
    outside.end();
    await once(inside, "end");
    assert.equal(releaseHandle(inside), undefined);
  });
});

describe("a socket around a handle of another process", () => {
  async function adopted(): Promise<{ server: Server; outside: Socket; again: Socket }> {
    const first = await listening(createServer());
    const server = await listening(createServer());
    const { outside, inside } = await pair(first);
    const { handle } = releaseHandle(inside) ?? assert.fail("was not released");
    const again = adoptHandle(server, handle);
    sockets.push(again);
    return { server, outside, again };
  }

  it("reads nothing until it is resumed, and what is put back comes first", async () => {
    const { outside, again } = await adopted();
    const heard = heardBy(again);
    outside.write("second");
    await pass(READ_MS);
    assert.equal(heard(), "");
    again.unshift(Buffer.from("first "));
    again.resume();
    await until(() => heard() === "first second");
    const told = heardBy(outside);
    again.write("answer");
    await until(() => told() === "answer");
  });

  it("is one of the connections that its server waits for", async () => {
    const { server, again } = await adopted();
    assert.equal(await countOf(server), 1);
    let isClosed = false;
    server.close(() => (isClosed = true));
    await pass(READ_MS);
    assert.equal(isClosed, false);
    again.destroy();
    await until(() => isClosed);
  });

  it("can be taken as a connection that has just come, unless the server is closed", async () => {
    const first = await listening(createServer());
    const server = await listening(createServer((socket) => void socket.end("welcome")));
    const { outside, inside } = await pair(first);
    const told = heardBy(outside);
    const { handle } = releaseHandle(inside) ?? assert.fail("was not released");
    assert.equal(acceptHandle(server, handle), true);
    await until(() => told() === "welcome");
    stopAccepting(server);
    assert.equal(acceptHandle(server, handle), false);
  });
});

const answerAtOnce: RequestListener = (_request, response) => void response.end("answer");

async function get(server: Server, agent: Agent): Promise<boolean> {
  const asked = request({ port: portOf(server), agent });
  asked.end();
  const [response] = await once(asked, "response");
  await response.toArray();
  return asked.reusedSocket;
}

describe("an HTTP server that takes no more connections", () => {
  it("leaves its idle ones alone, and takes connections again once it listens again", async () => {
    const server = await listening(createHttpServer(answerAtOnce));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await get(server, agent);
    const port = portOf(server);
    stopAccepting(server);
    await pass(READ_MS);
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    assert.equal(await get(server, agent), true, "the idle connection was closed");
    const { inside } = await pair(server);
    assert.equal(inside.destroyed, false);
    agent.destroy();
  });
});

describe("the sockets of an HTTP server", () => {
  it("are quiet when nothing has come on them, and go on at another server", async () => {
    const server = await listening(createHttpServer(answerAtOnce));
    const other = await listening(createHttpServer((_request, response) => void response.end("the other")));
    const { outside } = await pair(server);
    const held = new HttpSockets(server);
    assert.equal(held.areQuiet, true);
    const [handle] = held.release();
    outside.write("GET / HTTP/1.1\r\nhost: here\r\n\r\n");
    const heard = heardBy(outside);
    await pass(READ_MS);
    assert.equal(new HttpSockets(other).accept(handle as RawHandle), true);
    await until(() => heard().includes("the other"));
  });

  it("are not quiet while half a request has come, and are read until the rest has", async () => {
    const server = await listening(createHttpServer(answerAtOnce));
    const { outside } = await pair(server);
    const held = new HttpSockets(server);
    outside.write("GET / HTTP/1.1\r\nho");
    await until(() => !held.areQuiet);
    held.rest();
    assert.deepEqual(held.release(), []);
    const heard = heardBy(outside);
    outside.write("st: here\r\n\r\n");
    await until(() => heard().includes("answer"));
    await until(() => held.areQuiet);
    assert.equal(held.release().length, 1);
  });

  it("are not quiet while an answer is due, and take no further request once they rest", async () => {
    const answers: (() => void)[] = [];
    const server = await listening(
      createHttpServer((_request, response) => void answers.push(() => response.end("answer"))),
    );
    const { outside } = await pair(server);
    const held = new HttpSockets(server);
    const heard = heardBy(outside);
    outside.write("GET /first HTTP/1.1\r\nhost: here\r\n\r\n");
    await until(() => answers.length === 1);
    held.rest();
    assert.equal(held.areQuiet, false);
    outside.write("GET /second HTTP/1.1\r\nhost: here\r\n\r\n");
    answers[0]?.();
    await until(() => heard().includes("answer"));
    await pass(READ_MS);
    assert.equal(answers.length, 1, "a request was read");
    assert.equal(held.areQuiet, true);
    held.goOn();
    await until(() => answers.length === 2);
    answers[1]?.();
  });

  it("let the request that is under way be the last one when they are dismissed", async () => {
    const answers: (() => void)[] = [];
    const server = await listening(
      createHttpServer((_request, response) => void answers.push(() => response.end("answer"))),
    );
    const { outside } = await pair(server);
    const heard = heardBy(outside);
    outside.write("GET / HTTP/1.1\r\nhost: here\r\n\r\n");
    await until(() => answers.length === 1);
    new HttpSockets(server).dismissOthers();
    answers[0]?.();
    await until(() => heard().includes("answer"));
    assert.match(heard(), /connection: close/i);
  });

  it("may wait for their next request where Node would hold the first one to be late", async () => {
    const server = await listening(
      createHttpServer(
        { headersTimeout: 40, requestTimeout: 40, connectionsCheckingInterval: 10 },
        answerAtOnce,
      ),
    );
    const held = new HttpSockets(server);
    const late: boolean[] = [];
    server.on("clientError", (_error, socket) => {
      late.push(held.mayWait(socket));
      if (!held.mayWait(socket)) socket.destroy();
    });
    const first = await listening(createServer());
    const { outside, inside } = await pair(first);
    const { handle } = releaseHandle(inside) ?? assert.fail("was not released");
    held.accept(handle);
    await pair(server);
    await until(() => late.length === 2);
    assert.deepEqual(new Set(late), new Set([false, true]));
    const heard = heardBy(outside);
    outside.write("GET / HTTP/1.1\r\nhost: here\r\n\r\n");
    await until(() => heard().includes("answer"));
  });
});

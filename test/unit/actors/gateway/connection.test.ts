import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { route } from "../../../../runtime/net/route.ts";
import type { Route } from "../../../../runtime/net/route.ts";
import { ConnectedClient, LIMITS, PING_EVERY_MS } from "../../../support/connected-client.ts";
import { effectsOf } from "../../../support/effect.ts";

const MALFORMED = { kind: "malformed", refusal: { code: "notJson", text: "no" } } as const;
const TOO_FAST = {
  kind: "tooFast",
  refusal: { id: 7, code: "tooFast", text: "slow down", retryAfterMs: 100 },
} as const;
const END = { code: 1000, text: "bye" };

/** A route that writes down what happens to its connections. */
function loggingRoute(log: string[]): Route {
  return route("/echo", {
    protocol: "text",
    onOpen: ({ query }) => void log.push(`open ${query.get("room")}`),
    onMessage: (connection, text, context) =>
      void context.tell(connection.outlet, { kind: "sendText", text }),
    onClose: (_connection, { code, text }) => void log.push(`close ${code} ${text}`),
  });
}

describe("a new connection", () => {
  it("lets its socket be read, and is announced to its route", () => {
    const log: string[] = [];
    const client = new ConnectedClient({ routes: [loggingRoute(log)], search: "room=a" });
    const [first] = client.outlet.takeTold();
    assert.deepEqual(first, { kind: "open", connection: client.kit.self });
    assert.deepEqual(log, ["open a"]);
  });

  it("is welcomed by the name it says, or by one that was made up", () => {
    const named = new ConnectedClient();
    named.says({ kind: "hello", version: 1, name: "Ada" });
    assert.deepEqual(named.takeFrames(), [
      { kind: "welcome", connection: "c-1", name: "Ada", pingEveryMs: PING_EVERY_MS },
    ]);
    const nameless = new ConnectedClient();
    nameless.says({ kind: "hello", version: 1 });
    assert.deepEqual(nameless.takeFrames(), [
      { kind: "welcome", connection: "c-1", name: "guest-c-1", pingEveryMs: PING_EVERY_MS },
    ]);
  });

  it("keeps the name that the guard of its route has found", () => {
    const client = new ConnectedClient({ member: { id: "u-1", name: "Grace" } });
    client.says({ kind: "hello", version: 1, name: "somebody else" });
    const [welcome] = client.takeFrames();
    assert.equal(welcome?.kind === "welcome" && welcome.name, "Grace");
  });

  it("ends at once when its client is gone before it began", async () => {
    const routes = [route("/x", { onOpen: () => assert.fail("nobody is there") })] as const;
    const client = new ConnectedClient({ routes, isGone: true });
    await client.kit.idle();
    assert.equal(client.kit.isStopped, true);
  });
});

describe("a client that stays silent", () => {
  const PERIOD = { kind: "pingDue" } as const;

  it("is expected to give signs of life, from a random moment of the first period on", () => {
    const client = new ConnectedClient({ random: () => 0.25 });
    const [, expected] = client.outlet.takeTold();
    assert.deepEqual(expected, {
      kind: "expectSigns",
      firstMs: PING_EVERY_MS * (9 / 32),
      everyMs: PING_EVERY_MS,
    });
  });

  it("is pinged once a period", () => {
    const client = new ConnectedClient();
    client.takeFrames();
    for (let period = 0; period < 3; period++) {
      client.kit.tell(PERIOD);
      assert.deepEqual(client.takeFrames(), [{ kind: "ping" }]);
      client.says({ kind: "pong" });
    }
  });

  it("is given up after two pings without a sign of life", () => {
    const client = new ConnectedClient();
    client.kit.tell(PERIOD);
    client.kit.tell(PERIOD);
    assert.equal(client.takeClose(), undefined);
    client.kit.tell(PERIOD);
    assert.equal(client.takeClose(), "noProgress");
  });

  it("is kept as long as it says anything at all", () => {
    const client = new ConnectedClient();
    for (let period = 0; period < 5; period++) {
      client.kit.tell(PERIOD);
      client.kit.tell(period % 2 === 0 ? { kind: "alive" } : MALFORMED);
    }
    assert.equal(client.takeClose(), undefined);
  });

  it("is pinged below the protocol on a route that speaks plain text", () => {
    const client = new ConnectedClient({ routes: [loggingRoute([])] });
    client.outlet.takeTold();
    client.kit.tell(PERIOD);
    assert.deepEqual(client.outlet.takeTold(), [{ kind: "ping" }]);
  });
});

describe("a client that breaks the rules", () => {
  it("is told why each frame was refused, and closed after ten in a row", () => {
    const client = new ConnectedClient();
    client.outlet.takeTold();
    for (let count = 1; count < 10; count++) client.kit.tell(MALFORMED);
    assert.deepEqual(client.takeFrames(), Array(9).fill({ kind: "refused", code: "notJson", text: "no" }));
    client.kit.tell(MALFORMED);
    assert.equal(client.takeClose(), "malformed");
  });

  it("is forgiven by one good frame", () => {
    const client = new ConnectedClient();
    for (let count = 0; count < 30; count++) {
      client.kit.tell(count % 10 === 9 ? { kind: "frame", frame: { kind: "pong" } } : MALFORMED);
    }
    assert.equal(client.takeClose(), undefined);
  });

  it("is told to slow down, and closed only when it goes on", () => {
    const client = new ConnectedClient();
    client.outlet.takeTold();
    for (let count = 0; count < LIMITS.burst; count++) client.kit.tell(TOO_FAST);
    const refused = { kind: "refused", id: 7, code: "tooFast", text: "slow down", retryAfterMs: 100 };
    assert.deepEqual(client.takeFrames(), Array(LIMITS.burst).fill(refused));
    client.kit.tell(TOO_FAST);
    assert.equal(client.takeClose(), "tooFast");
  });

  it("is forgiven for floods that lie back", () => {
    const client = new ConnectedClient();
    for (let count = 0; count < LIMITS.burst * 3; count++) {
      client.kit.tell(TOO_FAST);
      client.kit.advance(11_000);
      client.says({ kind: "pong" });
    }
    assert.equal(client.takeClose(), undefined);
  });
});

describe("a connection that ends", () => {
  it("tells its route once, and stops", async () => {
    const log: string[] = [];
    const client = new ConnectedClient({ routes: [loggingRoute(log)] });
    client.kit.tell({ kind: "closed", end: END });
    await client.kit.idle();
    assert.deepEqual(log, ["open null", "close 1000 bye"]);
    assert.equal(client.kit.isStopped, true);
    assert.equal(client.takeClose(), undefined);
  });

  it("closes its socket as a failure of the server when the actor ends before the socket", async () => {
    const log: string[] = [];
    const client = new ConnectedClient({ routes: [loggingRoute(log)] });
    await client.kit.stop();
    assert.equal(client.takeClose(), "internalError");
    assert.deepEqual(log, ["open null", "close 1011 the connection's actor ended"]);
  });

  it("sends a drained client away at its moment, with the word when to come back", () => {
    const client = new ConnectedClient({ random: () => 0.25 });
    client.outlet.takeTold();
    client.kit.tell({ kind: "drain", afterMs: 700 });
    client.kit.advance(699);
    assert.deepEqual(client.outlet.takeTold(), []);
    client.kit.advance(1);
    assert.deepEqual(client.outlet.takeTold(), [
      { kind: "send", frame: { kind: "drain", reconnectAfterMs: 1_250 } },
      { kind: "close", reason: "draining" },
    ]);
  });

  it("fails when what it asked for failed in a way that nobody expected", () => {
    const client = new ConnectedClient();
    assert.throws(() => client.kit.tell({ kind: "failed", error: new Error("a bug") } as never), /a bug/);
  });
});

describe("a connection on a plain text route", () => {
  it("hands each text to its route", () => {
    const client = new ConnectedClient({ routes: [loggingRoute([])] });
    client.outlet.takeTold();
    client.kit.tell({ kind: "text", text: "hi" });
    assert.deepEqual(client.outlet.takeTold(), [{ kind: "sendText", text: "hi" }]);
  });
});

describe("an operator who looks at a connection", () => {
  it("sees who it is, what passed, what it is subscribed to, and what it did wrong", async () => {
    const client = new ConnectedClient();
    await client.joins("chat/a");
    client.kit.tell(MALFORMED);
    assert.deepEqual(client.kit.description, {
      name: "guest-c-1",
      address: "10.0.0.7",
      route: "/chatroom",
      format: "webSocket json",
      openedAtMs: 1_000,
      bytesIn: 1,
      framesIn: 2,
      bytesOut: 3,
      framesOut: 4,
      bufferedBytes: 5,
      state: "open",
      readingPaused: false,
      drops: {},
      subscriptions: { "chat/a": "joining" },
      malformed: 1,
      tooFast: 0,
    });
  });

  it("learns by asking, too", async () => {
    const client = new ConnectedClient();
    assert.deepEqual(await client.kit.ask({ kind: "identify" }), {
      kind: "identified",
      summary: {
        connection: "c-1",
        name: "guest-c-1",
        route: "/chatroom",
        address: "10.0.0.7",
        connectedAtMs: 1_000,
      },
    });
  });
});

describe("what a connection is delivered", () => {
  it("goes to its socket", () => {
    const client = new ConnectedClient();
    const notice = { kind: "notice", from: "ops", data: 1, atMs: 2 } as const;
    client.kit.tell({ kind: "deliver", frame: notice });
    assert.deepEqual(client.takeFrames(), [notice]);
    assert.equal(effectsOf(client.kit.takeEffects(), "asked").length, 0);
  });
});

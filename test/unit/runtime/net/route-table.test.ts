import assert from "node:assert/strict";
import { describe, it } from "node:test";
import Type from "typebox";
import { action, operation, route } from "../../../../runtime/net/route.ts";
import type { Route } from "../../../../runtime/net/route.ts";
import { RouteTable } from "../../../../runtime/net/route-table.ts";
import type { FoundAction } from "../../../../runtime/net/route-table.ts";

const LIMITS = { frameBytes: 65_536, messagesPerSecond: 100, burst: 200, subscriptions: 100 };

const add = action({
  summary: "Adds",
  body: { left: Type.Integer(), right: Type.Integer({ maximum: 10 }), note: Type.Optional(Type.String()) },
  handle: ({ left, right }) => ({ kind: "answered", body: left + right }),
});
const ping = action({ summary: "Answers", body: {}, handle: () => ({ kind: "answered", body: null }) });
const get = operation({ summary: "Reads", answers: {}, handle: () => ({ status: 200 }) });

const ROUTES: readonly Route[] = [
  route("/sums", { actions: { add, ping } }),
  route("/chatroom", { rooms: ["chat"], limits: { frameBytes: 100, burst: 5 } }),
  route("/status", { onRequest: { GET: get } }),
];
const table = new RouteTable(ROUTES, LIMITS);

/** Why a call was refused. */
function refusalOf(found: FoundAction) {
  assert.equal(found.kind, "refused");
  return found.refusal;
}

describe("a call of an action", () => {
  it("finds it on its route and hands over what it is called with", () => {
    const body = { left: 1, right: 2 };
    assert.deepEqual(table.resolve({ route: "/sums", action: "add", body }), {
      kind: "found",
      action: add,
      body,
    });
  });

  it("without a body is one with an empty body", () => {
    assert.deepEqual(table.resolve({ route: "/sums", action: "ping" }), {
      kind: "found",
      action: ping,
      body: {},
    });
    assert.equal(refusalOf(table.resolve({ route: "/sums", action: "add" })).field, "/body/left");
  });

  it("on an unknown route is refused by name, with those that are known", () => {
    assert.deepEqual(refusalOf(table.resolve({ route: "/sum", action: "add" })), {
      code: "unknownRoute",
      field: "/route",
      text: "is not known; known: /sums, /chatroom, /status",
    });
  });

  it("that is unknown is refused by name, with those of its route", () => {
    assert.deepEqual(refusalOf(table.resolve({ route: "/sums", action: "subtract" })), {
      code: "unknownAction",
      field: "/action",
      text: "is not known; known: add, ping",
    });
    assert.deepEqual(refusalOf(table.resolve({ route: "/chatroom", action: "add" })), {
      code: "unknownAction",
      field: "/action",
      text: "is not known; there is none",
    });
  });

  it("is not one that every object happens to have", () => {
    for (const name of ["toString", "constructor", "__proto__", "hasOwnProperty"]) {
      assert.equal(refusalOf(table.resolve({ route: "/sums", action: name })).code, "unknownAction", name);
      assert.equal(refusalOf(table.resolve({ route: name, action: "add" })).code, "unknownRoute", name);
    }
  });

  it("names the field that is wrong, unknown or too large", () => {
    const fieldOf = (body: unknown) => refusalOf(table.resolve({ route: "/sums", action: "add", body }));
    assert.deepEqual(
      [
        fieldOf({ left: 1, right: "2" }),
        fieldOf({ left: 1, right: 11 }),
        fieldOf({ left: 1, right: 2, middle: 3 }),
        fieldOf([1, 2]),
        fieldOf(null),
      ].map(({ code, field }) => [code, field]),
      [
        ["invalidField", "/body/right"],
        ["invalidField", "/body/right"],
        ["invalidField", "/body/middle"],
        ["notAnObject", "/body"],
        // No body in JSON or msgpack is a body too: it counts as none.
        ["invalidField", "/body/left"],
      ],
    );
    assert.match(fieldOf({ left: 1, right: 11 }).text, /10/);
    assert.match(fieldOf({ left: 1, right: 2, middle: 3 }).text, /known: left, right, note/);
  });
});

describe("a table of routes", () => {
  it("finds a route by its path, exactly", () => {
    assert.equal(table.find("/sums"), ROUTES[0]);
    for (const path of ["/sums/", "/Sums", "sums", "", "/", "/sums?x=1"]) {
      assert.equal(table.find(path), undefined, path);
    }
  });

  it("refuses two routes of one path, by name", () => {
    const twice = () => new RouteTable([...ROUTES, route("/chatroom", {})], LIMITS);
    assert.throws(twice, new RangeError("route /chatroom is declared twice"));
  });

  it("gives a route its own limits, and the listener's where it has none", () => {
    const [sums, chatroom] = ROUTES;
    assert.ok(sums !== undefined && chatroom !== undefined);
    assert.deepEqual(table.limitsOf(sums), LIMITS);
    assert.deepEqual(table.limitsOf(chatroom), { ...LIMITS, frameBytes: 100, burst: 5 });
    assert.throws(() => table.limitsOf(route("/elsewhere", {})), /\/elsewhere is not of this table/);
  });

  it("lists the paths on which a connection may be opened", () => {
    assert.deepEqual(table.connectable, ["/sums", "/chatroom"]);
  });

  it("of no routes refuses every call", () => {
    const refusal = refusalOf(new RouteTable([], LIMITS).resolve({ route: "/sums", action: "add" }));
    assert.equal(refusal.text, "is not known; there is none");
  });
});

describe("a route", () => {
  it("takes connections unless it only answers requests", () => {
    const onRequest = { GET: get };
    const connects = [
      route("/a", {}),
      route("/a", { onRequest }),
      route("/a", { onRequest, onOpen: () => {} }),
      route("/a", { onRequest, onMessage: () => {} }),
      route("/a", { onRequest, rooms: [] }),
      route("/a", { onRequest, connects: true }),
      route("/a", { rooms: ["chat"], connects: false }),
    ].map((declared) => declared.connects);
    assert.deepEqual(connects, [true, false, true, true, true, true, false]);
  });

  it("speaks the client protocol unless it says otherwise", () => {
    assert.deepEqual([route("/a", {}).protocol, route("/a", { protocol: "text" }).protocol], ["v1", "text"]);
  });

  it("whose path is none is refused", () => {
    assert.throws(() => route("chatroom", {}), new RangeError("route chatroom: a path starts with /"));
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isOriginAllowed } from "../../../../runtime/net/origin.ts";

const HOST = "chat.example:9501";

describe("a page that opens a WebSocket", () => {
  it("may when it came from the same host and port, with and without TLS", () => {
    assert.ok(isOriginAllowed("http://chat.example:9501", HOST, []));
    assert.ok(isOriginAllowed("https://chat.example:9501", HOST, []));
    assert.ok(isOriginAllowed("http://[::1]:9501", "[::1]:9501", []));
  });

  it("may not when it came from anywhere else", () => {
    const origins = [
      "http://chat.example",
      "http://chat.example:9502",
      "http://other.example:9501",
      "http://chat.example:9501.evil.example",
      "http://evil.example/chat.example:9501",
      "http://xchat.example:9501",
      "file://chat.example:9501",
      "null",
      "",
    ];
    for (const origin of origins) assert.equal(isOriginAllowed(origin, HOST, []), false, origin);
  });

  it("may when its origin is on the list, and only exactly that one", () => {
    const allowed = ["https://app.example"];
    assert.ok(isOriginAllowed("https://app.example", HOST, allowed));
    assert.equal(isOriginAllowed("https://app.example.evil", HOST, allowed), false);
    assert.equal(isOriginAllowed("http://app.example", HOST, allowed), false);
  });

  it("may from everywhere when the list says so", () => {
    assert.ok(isOriginAllowed("http://anywhere.example", HOST, ["*"]));
    assert.ok(isOriginAllowed("null", undefined, ["*"]));
  });

  it("may when it is no page, for programs name no origin", () => {
    assert.ok(isOriginAllowed(undefined, HOST, []));
    assert.ok(isOriginAllowed(undefined, undefined, []));
  });

  it("may not when it does not say which host it asked for", () => {
    assert.equal(isOriginAllowed("http://undefined", undefined, []), false);
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { PageServer } from "../../../../runtime/pages/page-server.ts";
import { HTML, pageServer } from "../../../support/built-pages.ts";

test("a page comes with a policy under which nothing inline and nothing foreign runs", () => {
  const answer = pageServer().answer({ path: "/" });
  assert.equal(answer?.status, 200);
  assert.equal(answer.body.toString(), HTML);
  const policy = answer.headers["content-security-policy"] ?? "";
  for (const part of [
    "default-src 'self'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ]) {
    assert.ok(policy.includes(part), part);
  }
  assert.ok(!policy.includes("unsafe") && !policy.includes("*"));
  assert.equal(answer.headers["x-content-type-options"], "nosniff");
  assert.equal(answer.headers["referrer-policy"], "no-referrer");
});

test("what has its hash in its name is kept for ever, a page is asked for again each time", () => {
  const server = pageServer();
  assert.equal(server.answer({ path: "/" })?.headers["cache-control"], "no-cache");
  const script = server.answer({ path: "/assets/index-AB12.js" });
  assert.match(script?.headers["cache-control"] ?? "", /immutable/);
  assert.equal(script?.headers["content-type"], "text/javascript; charset=utf-8");
});

test("each browser gets the best encoding that it takes", () => {
  const server = pageServer();
  const encodings = {
    "gzip, deflate, br, zstd": "br",
    "gzip;q=1.0, br;q=0": "gzip",
    GZIP: "gzip",
    "br;q=0.5": "br",
    deflate: undefined,
    "": undefined,
    "gzip;q=0.0": undefined,
  };
  for (const [acceptEncoding, encoding] of Object.entries(encodings)) {
    const answer = server.answer({ path: "/", acceptEncoding });
    assert.equal(answer?.headers["content-encoding"], encoding, acceptEncoding);
    const open = { br: brotliDecompressSync, gzip: gunzipSync }[encoding ?? ""] ?? ((body: Buffer) => body);
    assert.equal(open(answer!.body).toString(), HTML);
    assert.equal(answer?.headers["content-length"], String(answer?.body.length));
    assert.equal(answer?.headers["vary"], "accept-encoding");
  }
});

test("a page that the browser has already is not sent again", () => {
  const server = pageServer();
  const etag = server.answer({ path: "/" })?.headers["etag"] ?? "";
  const again = server.answer({ path: "/", ifNoneMatch: `"other", W/${etag}` });
  assert.deepEqual([again?.status, again?.body.length], [304, 0]);
  assert.equal(server.answer({ path: "/", ifNoneMatch: etag, acceptEncoding: "br" })?.status, 200);
});

test("nothing else is answered, whatever the path tries", () => {
  const server = pageServer();
  for (const path of [
    "/nothing",
    "/index.html",
    "/assets/",
    "/../manifest.json",
    "/assets/../index.js",
    "//",
    "",
  ]) {
    assert.equal(server.answer({ path }), undefined, path);
  }
  assert.deepEqual([server.pathsFor("clients"), server.pathsFor("operators")], [["/"], ["/tree"]]);
});

test("pages that were never built are refused with what to do", () => {
  assert.throws(() => PageServer.load("/nowhere"), /run "npm run build"/);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { OperationRequest, RouteContext } from "../../../../runtime/net/route.ts";
import { pageRoutes } from "../../../../runtime/pages/page-routes.ts";
import { pageServer } from "../../../support/built-pages.ts";

const routes = () => pageRoutes(pageServer(), "clients");

/** What a browser gets that asks a route for a path. */
async function get(routePath: string, path: string, headers: OperationRequest["headers"] = {}) {
  const found = routes().find((each) => each.path === routePath);
  const request = { path, headers } as OperationRequest;
  return found!.onRequest!.GET!.handle(request as never, {} as RouteContext);
}

test("each page has a route, and all that pages load has one together", () => {
  assert.deepEqual(
    routes().map(({ path, connects }) => [path, connects]),
    [
      ["/", false],
      ["/assets/*", false],
    ],
  );
});

test("operators have pages of their own, which load from the same place", () => {
  const paths = pageRoutes(pageServer(), "operators").map(({ path }) => path);
  assert.deepEqual(paths, ["/tree", "/assets/*"]);
});

test("a page is answered with its headers, in the encoding that the browser takes", async () => {
  const answer = await get("/", "/", { "accept-encoding": ["gzip", "br"] });
  assert.deepEqual([answer.status, answer.headers?.["content-encoding"]], [200, "br"]);
  const again = await get("/", "/", { "accept-encoding": "br", "if-none-match": answer.headers?.["etag"] });
  assert.equal(again.status, 304);
});

test("a file of an older build is not found, in words", async () => {
  const answer = await get("/assets/*", "/assets/index-OLD.js");
  assert.deepEqual([answer.status, answer.body], [404, "nothing is at /assets/index-OLD.js"]);
});

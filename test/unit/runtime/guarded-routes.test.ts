import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { guardedRoutes } from "../../../runtime/guarded-routes.ts";
import { route } from "../../../runtime/net/route.ts";
import type { Guard } from "../../../runtime/net/route.ts";

const token: Guard = () => ({ kind: "admitted" });
const everybody: Guard = () => ({ kind: "admitted" });

describe("an operators' route", () => {
  it("stands behind the operators' guard, whichever feature brings it", () => {
    const routes = guardedRoutes([
      { operatorRoutes: [route("/v1/notices", {})] },
      { operatorRoutes: [route("/v1/tree", {})], operatorGuard: token },
      {},
    ]);
    assert.deepEqual(
      routes.map(({ path, auth }) => [path, auth]),
      [
        ["/v1/notices", token],
        ["/v1/tree", token],
      ],
    );
  });

  it("keeps a guard of its own", () => {
    const [probe] = guardedRoutes([
      { operatorRoutes: [route("/healthz", { auth: everybody })], operatorGuard: token },
    ]);
    assert.equal(probe?.auth, everybody);
  });

  it("does not exist without a guard", () => {
    assert.throws(
      () => guardedRoutes([{ operatorRoutes: [route("/v1/tree", {})] }]),
      /\/v1\/tree has no guard/,
    );
  });
});

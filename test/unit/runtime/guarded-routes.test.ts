import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Audit } from "../../../runtime/audit/audit.ts";
import { guardedRoutes } from "../../../runtime/guarded-routes.ts";
import { operation, route } from "../../../runtime/net/route.ts";
import type { Guard } from "../../../runtime/net/route.ts";
import { opsCall } from "../../support/ops-call.ts";

const token: Guard = () => ({ kind: "admitted" });
const everybody: Guard = () => ({ kind: "admitted" });
/** A route that does something. */
const acting = route("/v1/notices", {
  onRequest: { POST: operation({ summary: "", answers: {}, handle: () => ({ status: 202 }) }) },
});

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

  it("has what it does in the audit, whichever feature brings it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "banyan-audit-"));
    const audit = new Audit(join(folder, "audit.jsonl"), () => 7);
    const routes = guardedRoutes([
      { operatorRoutes: [acting] },
      { operatorRoutes: [], operatorGuard: token, operatorAudit: audit },
    ]);
    assert.equal((await opsCall(routes, "POST", "/v1/notices")).status, 202);
    assert.deepEqual(
      (await audit.recent(10)).map(({ act, outcome }) => [act, outcome]),
      [["POST /v1/notices", "done"]],
    );
    rmSync(folder, { recursive: true });
  });

  it("does not act without an audit", () => {
    assert.throws(
      () => guardedRoutes([{ operatorRoutes: [acting], operatorGuard: token }]),
      /\/v1\/notices has no audit/,
    );
  });
});

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import Type from "typebox";
import { Audit } from "../../../../runtime/audit/audit.ts";
import { auditedRoute, isActing } from "../../../../runtime/audit/audited-route.ts";
import { operation, route } from "../../../../runtime/net/route.ts";
import type { Method, OperationRequest, Route, RouteResponse } from "../../../../runtime/net/route.ts";
import { LogRecord } from "../../../support/log-record.ts";
import { routeContext } from "../../../support/route-context.ts";

let folder: string;
let audit: Audit;
let log: LogRecord;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "banyan-audit-"));
  audit = new Audit(join(folder, "audit.jsonl"), () => 7);
  log = new LogRecord();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A route that deletes things, as often as its answer says. */
function deletes(answer: () => RouteResponse): Route {
  return route("/v1/things", {
    onRequest: {
      GET: operation({ summary: "", answers: {}, handle: () => ({ status: 200, body: "things" }) }),
      POST: operation({
        summary: "",
        body: { name: Type.String() },
        answers: {},
        audited: ({ name }) => ({ act: "delete", target: name }),
        handle: answer,
      }),
      DELETE: operation({ summary: "", answers: {}, handle: answer }),
    },
  });
}

function call(acting: Route, method: Method): RouteResponse | Promise<RouteResponse> | undefined {
  const headers = { authorization: "Bearer the-operators-token" };
  const request = { method, path: acting.path, headers, address: "10.0.0.1", body: { name: "lobby" } };
  const audited = auditedRoute(acting, audit);
  return audited.onRequest?.[method]?.handle(
    request as unknown as OperationRequest<never>,
    routeContext(log),
  );
}

describe("an audited route", () => {
  it("says who did what to whom, and the outcome", async () => {
    assert.equal(
      (
        await call(
          deletes(() => ({ status: 200, body: { left: 0 } })),
          "POST",
        )
      )?.status,
      200,
    );
    const [entry] = await audit.recent(1);
    const { id, who, ...rest } = entry ?? { id: "", who: { address: "", token: "" } };
    assert.ok(id !== "");
    assert.equal(who.address, "10.0.0.1");
    assert.match(who.token, /^[0-9a-f]{12}$/);
    assert.deepEqual(rest, {
      atMs: 7,
      act: "delete",
      target: "lobby",
      parameters: { name: "lobby" },
      outcome: "done",
      status: 200,
      answer: { left: 0 },
    });
  });

  it("never writes the token down", async () => {
    await call(
      deletes(() => ({ status: 200 })),
      "POST",
    );
    assert.doesNotMatch(readFileSync(join(folder, "audit.jsonl"), "utf8"), /the-operators-token/);
  });

  it("has the act on the disk before it is done", async () => {
    let seen = "";
    await call(
      deletes(() => {
        seen = readFileSync(join(folder, "audit.jsonl"), "utf8");
        return { status: 200 };
      }),
      "POST",
    );
    assert.match(seen, /"target":"lobby".*"outcome":"begun"/);
  });

  it("keeps what was refused, and what failed", async () => {
    await call(
      deletes(() => ({ status: 409, body: { code: "busy" } })),
      "POST",
    );
    const failing = deletes(() => {
      throw new Error("no such luck");
    });
    await assert.rejects(async () => call(failing, "POST"), /no such luck/);
    const outcomes = (await audit.recent(10)).map(({ outcome }) => outcome);
    assert.deepEqual(outcomes.toSorted(), ["failed", "refused"]);
  });

  it("calls an act by method and path that has no name of its own", async () => {
    await call(
      deletes(() => ({ status: 200 })),
      "DELETE",
    );
    assert.equal((await audit.recent(1))[0]?.act, "DELETE /v1/things");
  });

  it("does nothing that cannot be written down", async () => {
    rmSync(folder, { recursive: true });
    writeFileSync(folder, "a file where the folder should be");
    let calls = 0;
    const response = await call(
      deletes(() => {
        calls++;
        return { status: 200 };
      }),
      "POST",
    );
    assert.deepEqual([response?.status, calls], [503, 0]);
    assert.match(JSON.stringify(response?.body), /"code":"notAudited"/);
    assert.deepEqual(
      log.lines.map(({ event }) => event),
      ["audit.failed"],
    );
  });

  it("lets those alone who only look", async () => {
    assert.equal(
      (
        await call(
          deletes(() => ({ status: 500 })),
          "GET",
        )
      )?.body,
      "things",
    );
    assert.deepEqual(await audit.recent(1), []);
    assert.ok(isActing(deletes(() => ({ status: 200 }))));
    assert.ok(
      !isActing(
        route("/v1/tree", {
          onRequest: { GET: operation({ summary: "", answers: {}, handle: () => ({ status: 200 }) }) },
        }),
      ),
    );
  });
});

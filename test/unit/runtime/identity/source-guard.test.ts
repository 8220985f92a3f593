import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../../../runtime/fault.ts";
import type { NonceStore } from "../../../../runtime/identity/nonce-store.ts";
import { sign } from "../../../../runtime/identity/signature.ts";
import { sourceGuard } from "../../../../runtime/identity/source-guard.ts";
import { SourceVerifier } from "../../../../runtime/identity/source-verifier.ts";
import type { GuardVerdict, RouteRequest } from "../../../../runtime/net/route.ts";
import { LogRecord } from "../../../support/log-record.ts";
import { routeContext } from "../../../support/route-context.ts";

const WINDOW_MS = 300_000;
const KEEP_MS = 3 * WINDOW_MS;
const DESK = { id: "desk", kind: "hmac", secret: "the secret of the desk", scopes: ["push"] } as const;
const SHELL = { id: "shell", kind: "apiKey", secret: "an-api-key-for-a-shell", scopes: ["push"] } as const;
const BODY = '{"room":"live/final"}';

/** What all nodes of a cluster remember; `fault` is what its store answers instead. */
function rememberedByAll() {
  const taken = new Map<string, number>();
  const store: NonceStore & { fault: Fault | undefined; readonly taken: typeof taken } = {
    taken,
    fault: undefined,
    async take(keyId, nonce, keepMs) {
      if (store.fault !== undefined) throw store.fault;
      const name = `${keyId}/${nonce}`;
      if (taken.has(name)) return false;
      taken.set(name, keepMs);
      return true;
    },
  };
  return store;
}

/** A node with a guard of pushes. */
function node(nonces?: NonceStore) {
  const log = new LogRecord();
  const context = routeContext(log);
  const verifier = new SourceVerifier([DESK, SHELL], { windowMs: WINDOW_MS, startedAtMs: 0 });
  const guard = sourceGuard({ verifier, nonces, keepNoncesMs: KEEP_MS }, "push");
  return {
    log,
    wallMs: () => context.nowMs,
    admits: (request: RouteRequest): GuardVerdict | Promise<GuardVerdict> => guard(request, context),
  };
}

function signed(timestampMs: number, nonce = "n1"): RouteRequest {
  const parts = { method: "POST", path: "/chatroom/push", body: BODY, timestampMs, nonce };
  return requestWith(sign(DESK, parts));
}

function requestWith(headers: Readonly<Record<string, string>>): RouteRequest {
  return { method: "POST", path: "/chatroom/push", headers, raw: Buffer.from(BODY) } as never;
}

const codeOf = async (verdict: GuardVerdict | Promise<GuardVerdict>) => {
  const seen = await verdict;
  return seen.kind === "admitted" ? seen.principal?.name : seen.code;
};

describe("the guard of sources in a cluster", () => {
  it("refuses what another node has taken, and remembers it for longer than its timestamp is good anywhere", async () => {
    const all = rememberedByAll();
    const [one, other] = [node(all), node(all)];
    const request = signed(one.wallMs());
    assert.equal(await codeOf(one.admits(request)), "desk");
    assert.equal(await codeOf(other.admits(request)), "replayedNonce");
    assert.equal(await codeOf(one.admits(request)), "replayedNonce");
    assert.deepEqual([...all.taken], [["desk/n1", KEEP_MS]]);
    assert.deepEqual(
      other.log.lines.map(({ event }) => event),
      ["push.refused"],
    );
  });

  it("admits one of many that come to all nodes at once", async () => {
    const all = rememberedByAll();
    const nodes = Array.from({ length: 5 }, () => node(all));
    const request = signed(1_700_000_000_000);
    const codes = await Promise.all(nodes.map((at) => codeOf(at.admits(request))));
    const admitted = codes.filter((code) => code === "desk");
    const refused = codes.filter((code) => code === "replayedNonce");
    assert.deepEqual([admitted.length, refused.length], [1, 4]);
  });

  it("refuses what nobody can answer for, with 503 and words, and never takes it afterwards", async () => {
    const all = rememberedByAll();
    const at = node(all);
    for (const fault of ["redisUnavailable", "redisUnanswered", "redisRefused"] as const) {
      all.fault = new Fault(fault);
      const verdict = await at.admits(signed(at.wallMs(), fault));
      assert.equal(verdict.kind, "refused");
      assert.deepEqual(verdict.kind === "refused" && [verdict.status, verdict.code], [503, "nonceUnknown"]);
    }
    all.fault = undefined;
    assert.equal(await codeOf(at.admits(signed(at.wallMs(), "redisUnanswered"))), "replayedNonce");
    assert.equal(await codeOf(at.admits(signed(at.wallMs(), "another"))), "desk");
  });

  it("asks the others nothing about API keys, nor about what it refuses by itself", async () => {
    const all = rememberedByAll();
    const at = node(all);
    const bearer = requestWith({ authorization: `Bearer ${SHELL.secret}` });
    assert.equal(await codeOf(at.admits(bearer)), "shell");
    assert.equal(await codeOf(at.admits(signed(at.wallMs() - WINDOW_MS - 1))), "staleTimestamp");
    assert.equal(await codeOf(at.admits(requestWith({}))), "missing");
    assert.equal(all.taken.size, 0);
  });
});

describe("the guard of sources on a node that stands alone", () => {
  it("answers at once, out of its own memory", () => {
    const at = node();
    const request = signed(at.wallMs());
    const verdicts = [at.admits(request), at.admits(request)];
    assert.deepEqual(
      verdicts.map((verdict) => ("kind" in verdict ? verdict.kind : "later")),
      ["admitted", "refused"],
    );
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { sign } from "../../../../runtime/identity/signature.ts";
import type { SignedParts } from "../../../../runtime/identity/signature.ts";
import { SourceVerifier } from "../../../../runtime/identity/source-verifier.ts";
import type {
  SourceKey,
  SourceRequest,
  SourceVerdict,
} from "../../../../runtime/identity/source-verifier.ts";

const NOW_MS = 1_700_000_000_000;
const WINDOW_MS = 300_000;
const DESK: SourceKey = { id: "desk", kind: "hmac", secret: "the secret of the desk", scopes: ["push"] };
const LIVE: SourceKey = { id: "live", kind: "hmac", secret: "the secret of live", scopes: ["push:live/*"] };
const AUDIT: SourceKey = { id: "audit", kind: "hmac", secret: "the secret of audit", scopes: ["read"] };
const SHELL: SourceKey = { id: "shell", kind: "apiKey", secret: "an-api-key-for-a-shell", scopes: ["push"] };
const KEYS = [DESK, LIVE, AUDIT, SHELL];

const newVerifier = (noncesMax?: number, startedAtMs = 0) =>
  new SourceVerifier(KEYS, {
    windowMs: WINDOW_MS,
    startedAtMs,
    ...(noncesMax !== undefined && { noncesMax }),
  });
const PARTS: SignedParts = {
  method: "POST",
  path: "/chatroom/push",
  body: '{"room":"live/final"}',
  timestampMs: NOW_MS,
  nonce: "n1",
};

function signed(changes: Partial<SignedParts> = {}, key = DESK): SourceRequest {
  const parts = { ...PARTS, ...changes };
  return { method: parts.method, path: parts.path, headers: sign(key, parts), raw: Buffer.from(parts.body) };
}

function verdictOf(verdict: SourceVerdict): string {
  return verdict.kind === "verified" ? verdict.key.id : verdict.code;
}

const verify = (request: SourceRequest, nowMs = NOW_MS, verifier = newVerifier()) =>
  verdictOf(verifier.verify(request, "push", nowMs));
const bearer = (token: string) => ({ ...signed(), headers: { authorization: `Bearer ${token}` } });

describe("a signed request", () => {
  it("is verified when everything fits", () => {
    assert.equal(verify(signed()), "desk");
    assert.equal(verify(signed({}, LIVE)), "live");
  });

  it("is the same whoever computes it: a service in another language can check itself against this", () => {
    assert.deepEqual(sign(DESK, PARTS), {
      "banyan-key": "desk",
      "banyan-timestamp": "1700000000000",
      "banyan-nonce": "n1",
      "banyan-signature": "d777edd57b86eaf1d5488ea1cf33787104e5ad1ac527666d65244e98696a1c24",
    });
  });

  it("is refused when it was signed before the node started, whose predecessor may have taken it", () => {
    const restarted = newVerifier(undefined, NOW_MS + 1);
    assert.equal(verify(signed(), NOW_MS + 2, restarted), "signedBeforeStart");
    assert.equal(verify(signed({ timestampMs: NOW_MS + 1 }), NOW_MS + 2, restarted), "desk");
  });

  it("may have been signed before a node started that goes on with what another has seen", () => {
    const before = newVerifier();
    assert.equal(verify(signed(), NOW_MS, before), "desk");
    const after = newVerifier(undefined, NOW_MS + 1);
    after.load(structuredClone(before.dump()), NOW_MS + 1);
    assert.equal(verify(signed({ nonce: "n2" }), NOW_MS + 2, after), "desk");
    assert.equal(verify(signed(), NOW_MS + 2, after), "replayedNonce");
    assert.equal(verify(signed({ nonce: "n2" }), NOW_MS + 2, after), "replayedNonce");
  });

  it("stays refused when it is older than the other node looked, or older than its memory", () => {
    const before = newVerifier(undefined, NOW_MS - 10);
    const after = new SourceVerifier(KEYS, { windowMs: 10 * WINDOW_MS, startedAtMs: NOW_MS });
    after.load(before.dump(), NOW_MS);
    assert.equal(verify(signed({ timestampMs: NOW_MS - 11 }), NOW_MS, after), "signedBeforeStart");
    assert.equal(verify(signed({ timestampMs: NOW_MS - 10 }), NOW_MS, after), "desk");
    const muchLater = NOW_MS + 3 * WINDOW_MS;
    const last = new SourceVerifier(KEYS, { windowMs: 10 * WINDOW_MS, startedAtMs: muchLater });
    last.load(before.dump(), muchLater);
    const forgotten = signed({ timestampMs: muchLater - WINDOW_MS - 1 });
    assert.equal(verify(forgotten, muchLater, last), "signedBeforeStart");
    assert.equal(verify(signed({ timestampMs: muchLater - WINDOW_MS }), muchLater, last), "desk");
  });

  it("is refused for a key that the other node did not have, when it was signed before this one started", () => {
    const before = new SourceVerifier([DESK], { windowMs: WINDOW_MS, startedAtMs: 0 });
    const after = newVerifier(undefined, NOW_MS + 1);
    after.load(before.dump(), NOW_MS + 1);
    assert.equal(verify(signed({}, LIVE), NOW_MS + 2, after), "signedBeforeStart");
    assert.equal(verify(signed(), NOW_MS + 2, after), "desk");
  });

  it("is refused when a header is missing or senseless", () => {
    const request = signed();
    for (const name of Object.keys(request.headers)) {
      assert.equal(
        verify({ ...request, headers: { ...request.headers, [name]: undefined } }),
        "missing",
        name,
      );
      assert.equal(
        verify({ ...request, headers: { ...request.headers, [name]: ["a", "b"] } }),
        "missing",
        name,
      );
    }
    for (const timestamp of ["", "soon", "-1", "1e3", "1".repeat(16)]) {
      assert.equal(
        verify({ ...request, headers: { ...request.headers, "banyan-timestamp": timestamp } }),
        "missing",
      );
    }
    assert.equal(verify(signed({ nonce: "n".repeat(129) })), "missing");
    assert.equal(verify({ ...request, headers: {} }), "missing");
  });

  it("is refused when the key is unknown or not for signing", () => {
    assert.equal(verify(signed({}, { ...DESK, id: "disk" })), "unknownKey");
    assert.equal(verify(signed({}, SHELL)), "unknownKey");
  });

  it("is refused when the secret is another one", () => {
    assert.equal(verify(signed({}, { ...DESK, secret: "a guess" })), "badSignature");
  });

  it("is refused when any part of it was changed after signing", () => {
    const part = fc.constantFrom("method", "path", "raw", "banyan-timestamp", "banyan-nonce");
    fc.assert(
      fc.property(
        part,
        fc.string({ unit: fc.constantFrom("a", "0", "1", "/"), minLength: 1, maxLength: 8 }),
        (name, text) => {
          const request = signed();
          const before = name in request.headers ? request.headers[name] : String(request[name as "path"]);
          fc.pre(before !== text && !(name === "banyan-timestamp" && !/^\d+$/.test(text)));
          const changed = name.startsWith("banyan-")
            ? { ...request, headers: { ...request.headers, [name]: text } }
            : { ...request, [name]: name === "raw" ? Buffer.from(text) : text };
          assert.equal(verify(changed), "badSignature");
        },
      ),
    );
  });

  it("is refused outside of the window, before and after, and taken at its edge", () => {
    assert.equal(verify(signed(), NOW_MS + WINDOW_MS), "desk");
    assert.equal(verify(signed(), NOW_MS + WINDOW_MS + 1), "staleTimestamp");
    assert.equal(verify(signed(), NOW_MS - WINDOW_MS), "desk");
    assert.equal(verify(signed(), NOW_MS - WINDOW_MS - 1), "staleTimestamp");
  });

  it("is taken once, for as long as its timestamp could pass", () => {
    const verifier = newVerifier();
    const early = signed({ timestampMs: NOW_MS + WINDOW_MS });
    assert.equal(verify(early, NOW_MS, verifier), "desk");
    for (const afterMs of [0, WINDOW_MS, 2 * WINDOW_MS - 1]) {
      assert.equal(verify(early, NOW_MS + afterMs, verifier), "replayedNonce");
    }
    assert.equal(verify(early, NOW_MS + 2 * WINDOW_MS + 1, verifier), "staleTimestamp");
  });

  it("is refused rather than letting a nonce be forgotten early", () => {
    const verifier = newVerifier(2);
    for (const nonce of ["n1", "n2"]) assert.equal(verify(signed({ nonce }), NOW_MS, verifier), "desk");
    assert.equal(verify(signed({ nonce: "n3" }), NOW_MS, verifier), "nonceMemoryFull");
    assert.equal(verify(signed({ nonce: "n1" }), NOW_MS, verifier), "replayedNonce");
    assert.equal(
      verify(signed({}, LIVE), NOW_MS, verifier),
      "live",
      "one key's flood does not shut out another",
    );
    const laterMs = NOW_MS + 2 * WINDOW_MS;
    assert.equal(verify(signed({ nonce: "n3", timestampMs: laterMs }), laterMs, verifier), "desk");
  });

  it("spends no memory on nonces of those who cannot sign", () => {
    const verifier = newVerifier(1);
    const forged = (nonce: string) => signed({ nonce }, { ...DESK, secret: "a guess" });
    for (const nonce of ["a", "b", "c"]) verify(forged(nonce), NOW_MS, verifier);
    assert.equal(verify(signed(), NOW_MS, verifier), "desk");
  });
});

describe("a request with an API key", () => {
  it("is verified by the key itself", () => {
    assert.equal(verify(bearer(SHELL.secret)), "shell");
  });

  it("is refused when the key is unknown, is meant for signing, or is no bearer token", () => {
    assert.equal(verify(bearer("an-api-key-for-a-shelf")), "unknownKey");
    assert.equal(verify(bearer(DESK.secret.replaceAll(" ", ""))), "unknownKey");
    assert.equal(verify({ ...signed(), headers: { authorization: "Basic abc" } }), "missing");
    assert.equal(verify({ ...signed(), headers: { authorization: "Bearer " } }), "missing");
  });
});

describe("a verified request", () => {
  it("is refused when its key may not do such a thing at all", () => {
    assert.equal(verify(signed({}, AUDIT)), "missingScope");
  });
});

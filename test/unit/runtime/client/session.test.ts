import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CLOSE_CODES } from "../../../../protocols/client-protocol.ts";
import type { CloseReason } from "../../../../protocols/client-protocol.ts";
import {
  isFinal,
  lossReason,
  newSession,
  reconnectDelayMs,
  sessionAfter,
  STABLE_AFTER_MS,
} from "../../../../runtime/client/session.ts";
import type { Session, SessionEvent } from "../../../../runtime/client/session.ts";

const welcomed: SessionEvent = { kind: "welcomed", connection: "c1", name: "Ash" };
const lost = (reason: CloseReason | "lost" | "silent" = "lost", openForMs = 0, random = 1): SessionEvent => ({
  kind: "lost",
  reason,
  openForMs,
  random,
});
const after = (...events: SessionEvent[]): Session => events.reduce(sessionAfter, newSession());

test("a session that loses its connection waits before the next try", () => {
  assert.deepEqual(after(welcomed, lost()).state, {
    kind: "waiting",
    attempt: 0,
    delayMs: 500,
    reason: "lost",
  });
});

test("the ceiling of the delay doubles with each failed try up to 20 s", () => {
  const ceilings = [0, 1, 2, 3, 4, 5, 6, 60].map((attempt) => reconnectDelayMs(attempt, 1));
  assert.deepEqual(ceilings, [500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]);
});

test("chance spreads the delay over everything below its ceiling", () => {
  fc.assert(
    fc.property(
      fc.nat(100),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, random) => {
        const delayMs = reconnectDelayMs(attempt, random);
        assert.ok(delayMs >= 0 && delayMs <= Math.min(20_000, 500 * 2 ** attempt));
      },
    ),
  );
});

test("failed tries in a row count up, a connection that proved stable starts the count again", () => {
  const failed = after(lost(), { kind: "waited" }, lost(), { kind: "waited" }, lost());
  assert.deepEqual(failed.state, { kind: "waiting", attempt: 2, delayMs: 2000, reason: "lost" });
  const recovered = [{ kind: "waited" }, welcomed, lost("lost", STABLE_AFTER_MS)] as const;
  assert.equal(recovered.reduce(sessionAfter, failed).state.kind, "waiting");
  assert.equal(recovered.reduce(sessionAfter, failed).attempt, 1);
});

test("a server that greets and hangs up at once is not tried ever faster", () => {
  const session = after(welcomed, lost(), { kind: "waited" }, welcomed, lost("lost", STABLE_AFTER_MS - 1));
  assert.equal(session.attempt, 2);
});

test("a drain frame orders the exact delay, once", () => {
  const drained = after(welcomed, { kind: "drainAnnounced", reconnectAfterMs: 1234 }, lost("draining"));
  assert.deepEqual(drained.state, { kind: "waiting", attempt: 0, delayMs: 1234, reason: "draining" });
  const next = [{ kind: "waited" } as const, lost()].reduce(sessionAfter, drained);
  assert.equal(next.state.kind === "waiting" && next.state.delayMs, 1000);
});

test("a senseless drain delay is bounded", () => {
  for (const [reconnectAfterMs, delayMs] of [
    [-5, 0],
    [NaN, 0],
    [1e12, 600_000],
  ] as const) {
    const session = after(welcomed, { kind: "drainAnnounced", reconnectAfterMs }, lost());
    assert.equal(session.state.kind === "waiting" && session.state.delayMs, delayMs);
  }
});

test("only what would fail again in the same way ends the session", () => {
  const final = (Object.keys(CLOSE_CODES) as CloseReason[]).filter(isFinal);
  assert.deepEqual(final, ["malformed", "unauthenticated", "forbidden", "replaced", "tooLarge"]);
  assert.deepEqual(after(welcomed, lost("unauthenticated")).state, {
    kind: "closed",
    reason: "unauthenticated",
  });
});

test("close codes name their reason, foreign ones only a loss", () => {
  assert.equal(lossReason(4409), "replaced");
  assert.equal(lossReason(1006), "lost");
  assert.equal(lossReason(1000), "lost");
});

test("a retry opens what waits or was ended by the server, but not what the application left", () => {
  assert.equal(after(lost(), { kind: "retryWanted" }).state.kind, "connecting");
  assert.equal(after(lost("forbidden"), { kind: "retryWanted" }).state.kind, "connecting");
  assert.equal(after({ kind: "left" }, { kind: "retryWanted" }).state.kind, "closed");
  const open = after(welcomed);
  assert.equal(sessionAfter(open, { kind: "retryWanted" }), open);
});

test("no order of events brings a session back that the application has left", () => {
  const event = fc.oneof(
    fc.constant(welcomed),
    fc.constant<SessionEvent>({ kind: "waited" }),
    fc.constant<SessionEvent>({ kind: "retryWanted" }),
    fc.constantFrom("lost" as const, "forbidden" as const, "draining" as const).map((reason) => lost(reason)),
    fc.nat().map((reconnectAfterMs): SessionEvent => ({ kind: "drainAnnounced", reconnectAfterMs })),
  );
  fc.assert(
    fc.property(fc.array(event), fc.array(event), (before, later) => {
      const left = after(...before, { kind: "left" }, ...later);
      assert.deepEqual(left.state, { kind: "closed", reason: "left" });
    }),
  );
});

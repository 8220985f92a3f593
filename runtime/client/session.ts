import { CLOSE_CODES } from "../../protocols/client-protocol.ts";
import type { CloseReason } from "../../protocols/client-protocol.ts";

// Pure: what a session becomes after each event. Whoever runs it opens a socket whenever it enters `connecting`,
// waits `delayMs` whenever it enters `waiting`, and has no socket in any other state than `connecting` and `open`.

/** Why there is no connection; `lost` when it broke without a reason, `silent` when the server stopped to speak. */
export type LossReason = CloseReason | "lost" | "silent";

/** Where a client stands with its gateway. */
export type SessionState =
  | { readonly kind: "connecting"; readonly attempt: number }
  | { readonly kind: "open"; readonly connection: string; readonly name: string }
  /** The next try comes `delayMs` after this state began. */
  | {
      readonly kind: "waiting";
      readonly attempt: number;
      readonly delayMs: number;
      readonly reason: LossReason;
    }
  /** For good, unless somebody calls `retry`; `left` when the application closed the client. */
  | { readonly kind: "closed"; readonly reason: LossReason | "left" };

/** What happens to a session: from its gateway, from the clock, or from the application. */
export type SessionEvent =
  | { readonly kind: "welcomed"; readonly connection: string; readonly name: string }
  | { readonly kind: "drainAnnounced"; readonly reconnectAfterMs: number }
  /** @field random a number in [0, 1) */
  | {
      readonly kind: "lost";
      readonly reason: LossReason;
      readonly openForMs: number;
      readonly random: number;
    }
  | { readonly kind: "waited" }
  | { readonly kind: "retryWanted" }
  | { readonly kind: "left" };

/** Where a client stands with its gateway, and what decides when it tries again. */
export interface Session {
  readonly state: SessionState;
  /** Tries since the last connection that proved stable; decides the next delay. */
  readonly attempt: number;
  /** The delay that a drain frame of this connection ordered. */
  readonly drainMs: number | undefined;
}

const RECONNECT_FIRST_MS = 500;
const RECONNECT_MAX_MS = 20_000;
/** A drain delay beyond this is taken for a mistake of the server: ten minutes. */
const DRAIN_DELAY_MAX_MS = 600_000;
/** A connection that ended sooner did not prove that the next one is worth an early try. */
export const STABLE_AFTER_MS = 5_000;

/** After these the same client would only fail in the same way again: it is for the application to act. */
const FINAL_REASONS: ReadonlySet<LossReason> = new Set<CloseReason>([
  "malformed",
  "unauthenticated",
  "forbidden",
  "replaced",
  "tooLarge",
]);

/** A session at its first try. */
export function newSession(): Session {
  return { state: { kind: "connecting", attempt: 0 }, attempt: 0, drainMs: undefined };
}

/** Whether only the application can end this: log in again, repair the client, or accept it. */
export function isFinal(reason: LossReason): boolean {
  return FINAL_REASONS.has(reason);
}

/** What a close code says; codes outside of the protocol only say that the connection is lost. */
export function lossReason(code: number): LossReason {
  const reasons = Object.keys(CLOSE_CODES) as CloseReason[];
  return reasons.find((reason) => CLOSE_CODES[reason].code === code) ?? "lost";
}

/** The delay before try `attempt`, in milliseconds: any between nothing and a ceiling that doubles up to 20 s. */
export function reconnectDelayMs(attempt: number, random: number): number {
  return Math.round(random * Math.min(RECONNECT_MAX_MS, RECONNECT_FIRST_MS * 2 ** Math.min(attempt, 30)));
}

/** The session after an event; the same object when the event means nothing in its state. */
export function sessionAfter(session: Session, event: SessionEvent): Session {
  switch (event.kind) {
    case "welcomed":
      if (!hasSocket(session.state)) return session;
      return { ...session, state: { kind: "open", connection: event.connection, name: event.name } };
    case "drainAnnounced":
      if (!hasSocket(session.state)) return session;
      return { ...session, drainMs: drainDelayMs(event.reconnectAfterMs) };
    case "lost":
      return hasSocket(session.state) ? afterLoss(session, event) : session;
    case "waited":
      return session.state.kind === "waiting" ? connecting(session.attempt) : session;
    case "retryWanted":
      return retried(session);
    case "left":
      return { ...session, state: { kind: "closed", reason: "left" }, drainMs: undefined };
  }
}

function hasSocket(state: SessionState): boolean {
  return state.kind === "connecting" || state.kind === "open";
}

function afterLoss(session: Session, event: SessionEvent & { kind: "lost" }): Session {
  const { reason } = event;
  if (isFinal(reason)) return { state: { kind: "closed", reason }, attempt: 0, drainMs: undefined };
  const proved = session.state.kind === "open" && event.openForMs >= STABLE_AFTER_MS;
  const attempt = proved ? 0 : session.attempt;
  const delayMs = session.drainMs ?? reconnectDelayMs(attempt, event.random);
  return { state: { kind: "waiting", attempt, delayMs, reason }, attempt: attempt + 1, drainMs: undefined };
}

function retried(session: Session): Session {
  const { state } = session;
  if (state.kind === "waiting") return connecting(session.attempt);
  return state.kind === "closed" && state.reason !== "left" ? connecting(0) : session;
}

function connecting(attempt: number): Session {
  return { state: { kind: "connecting", attempt }, attempt, drainMs: undefined };
}

function drainDelayMs(announced: number): number {
  return Math.min(DRAIN_DELAY_MAX_MS, Math.max(0, announced || 0));
}

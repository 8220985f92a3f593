import type { ClientFrame, ServerFrames } from "../../protocols/client-frames.ts";
import type { FrameRefusal } from "../../protocols/connection.ts";
import { FAULTS, Fault } from "../../runtime/fault.ts";

/** When a client may try again what failed only for now, in milliseconds. */
const RETRY_AFTER_MS = 1_000;

/** The frame that says why another one was not carried out. */
export function refusedFrame(refusal: FrameRefusal): ServerFrames["refused"] {
  return { kind: "refused", ...refusal };
}

/** What a client is told of a fault of the runtime. Any other error is a bug, of which clients are told nothing, and comes back. */
export function refusalOfFault(error: Error): FrameRefusal | Error {
  if (!(error instanceof Fault)) return error;
  const { code, retryable } = error;
  return { code, text: FAULTS[code].text, ...(retryable ? { retryAfterMs: RETRY_AFTER_MS } : {}) };
}

/** A connection without rooms, or without rooms of this kind, was asked for one. */
export function foreignRoom(id: number, kinds: readonly string[]): FrameRefusal {
  const text =
    kinds.length === 0 ? "this route has no rooms" : `this route has rooms of the kinds ${kinds.join(", ")}`;
  return { id, code: "unknownRoom", field: "/room", text };
}

/** Only who is in a room may speak there. */
export function notSubscribed(id: number): FrameRefusal {
  return { id, code: "notSubscribed", field: "/room", text: "subscribe to the room first" };
}

/** The connection is in as many rooms as it may be. */
export function tooManySubscriptions(id: number, max: number): FrameRefusal {
  return { id, code: "tooManySubscriptions", field: "/room", text: `a connection may be in ${max} rooms` };
}

/** The room is still being looked for, and too much was said to it meanwhile. */
export function tooManyWaiting(id: number): FrameRefusal {
  return { id, code: "busy", text: "too many frames wait for this room", retryAfterMs: RETRY_AFTER_MS };
}

/** The connection moves to another process, and the client has said too much meanwhile. */
export function tooManyHeld(frame: ClientFrame): FrameRefusal {
  const text = "too many frames wait while the connection moves";
  return { ...idOf(frame), code: "busy", text, retryAfterMs: RETRY_AFTER_MS };
}

/** The connection moves to another process and could not wait any longer for this answer; what was asked may be done all the same. */
export function notInTime(frame: ClientFrame): FrameRefusal {
  const { text } = FAULTS.askTimeout;
  return { ...idOf(frame), code: "askTimeout", text, retryAfterMs: RETRY_AFTER_MS };
}

function idOf(frame: ClientFrame): Pick<FrameRefusal, "id"> {
  return "id" in frame ? { id: frame.id } : {};
}

/** The room closed while a frame was on its way to it. */
export function roomClosed(id: number): FrameRefusal {
  return { id, code: "roomClosed", field: "/room", text: "the room has closed; subscribe again" };
}

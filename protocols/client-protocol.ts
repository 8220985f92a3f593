/**
 * The client protocol, version 1: what a client and its gateway say to each other, one object a frame.
 * Spoken as JSON text (`banyan.v1.json`, also the default) or msgpack (`banyan.v1.msgpack`) over WebSocket,
 * and as JSON over TCP, framed by length or by line.
 */
export const CLIENT_PROTOCOL_VERSION = 1;

/** The WebSocket subprotocols, preferred one first. */
export const SUBPROTOCOLS = { json: "banyan.v1.json", msgpack: "banyan.v1.msgpack" } as const;

/** How a frame is written on the wire. */
export type FrameFormat = keyof typeof SUBPROTOCOLS;

/** Why the gateway closes a connection; the text says what the client should do. */
export const CLOSE_CODES = {
  goingAway: { code: 1001, advice: "the page or the server leaves; connect again when needed" },
  internalError: { code: 1011, advice: "the server failed; reconnect with backoff" },
  malformed: { code: 4400, advice: "fix the client: it sent what the protocol does not know" },
  unauthenticated: { code: 4401, advice: "log in again, then reconnect" },
  forbidden: { code: 4403, advice: "do not reconnect: this is not allowed" },
  noProgress: { code: 4408, advice: "the client neither answered nor read in time; reconnect with backoff" },
  replaced: { code: 4409, advice: "a newer connection took over; do not reconnect" },
  tooLarge: { code: 4413, advice: "fix the client: the frame is larger than the limit" },
  tooFast: { code: 4429, advice: "back off, then reconnect" },
  draining: { code: 4503, advice: "reconnect after the delay of the drain frame" },
} as const;

/** The name of a reason to close a connection. */
export type CloseReason = keyof typeof CLOSE_CODES;

/** The longest name of a room after its kind, in characters. */
export const ROOM_NAME_MAX = 64;
/** The longest name a member may choose, in characters. */
export const MEMBER_NAME_MAX = 40;

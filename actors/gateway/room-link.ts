import type { ClientFrames } from "../../protocols/client-frames.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { RoomProtocol } from "../../protocols/room.ts";

/** Frames about one room that may wait until it is found. */
const WAITING_MAX = 32;

/** What a client may say about a room. */
export type RoomFrame = ClientFrames["subscribe" | "unsubscribe" | "publish" | "presence"];

/** A client's way to one room. */
export interface RoomLink {
  /** Undefined until the directory has answered. */
  reference: Reference<RoomProtocol> | undefined;
  /** What the client said meanwhile, in order. */
  waiting: RoomFrame[];
  /** Subscriptions that the room has not answered yet. */
  joining: ClientFrames["subscribe"][];
  /** The life of the room that the client has joined; undefined before. */
  epoch: string | undefined;
  /** Whether the room was opened again after it had closed under our hands. */
  isSecondTry: boolean;
}

/** A link that waits for its room, with the frame that asked for it. */
export function newLink(frame: RoomFrame): RoomLink {
  return { reference: undefined, waiting: [frame], joining: [], epoch: undefined, isSecondTry: false };
}

/** A link to a room that the client was in before its connection moved here, while the room is looked for. */
export function returningLink(epoch: string): RoomLink {
  return { reference: undefined, waiting: [], joining: [], epoch, isSecondTry: false };
}

/** Puts a frame behind those that wait; false when too many do. */
export function wait(link: RoomLink, frame: RoomFrame): boolean {
  if (link.waiting.length >= WAITING_MAX) return false;
  link.waiting.push(frame);
  return true;
}

/** Forgets a subscription that was answered; false when it did not go this way: the client has left since then. */
export function endJoining(link: RoomLink, frame: ClientFrames["subscribe"]): boolean {
  const place = link.joining.indexOf(frame);
  if (place >= 0) link.joining.splice(place, 1);
  return place >= 0;
}

/** Gives out what waits, in order, and forgets it. */
export function takeWaiting(link: RoomLink): RoomFrame[] {
  return link.waiting.splice(0);
}

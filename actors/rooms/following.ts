import type { Publication } from "../../protocols/client-frames.ts";
import type { LiveRoomProtocol } from "../../protocols/live-room.ts";
import type { Own, Reply, Tell } from "../../protocols/protocol.ts";
import type { RoomProtocol } from "../../protocols/room.ts";
import type { Context, Outcome } from "../../runtime/actor/context.ts";
import { backoffMs } from "../../runtime/time/backoff.ts";
import { beginAttending, endAttending, sayWhoIsHere } from "./attendance.ts";
import { publish } from "./publish.ts";
import type { RoomState } from "./room-state.ts";

// A room that is stored follows its store: it publishes what is stored, in that order, and nothing else. Most of it is what the room
// has had stored itself. What it has not heard of, because an answer was lost or another process has stored it, it reads.

/** How long after something went wrong a room asks how far its store is, in milliseconds. */
export const LOOK_AGAIN_MS = 1_000;
/** How long after the latest that it has heard a room asks whose store is shared, as long as somebody is in it, and how long it waits at most when it asks in vain again and again. */
export const FOLLOW = { minMs: 3_000, maxMs: 24_000, jitter: 0 };
/** Publications that are read at once of those that were missed. */
const MISSED_AT_ONCE = 100;

type RoomContext = Context<RoomProtocol>;

/** Whether the same room is on other nodes, too. */
export function isShared({ store: asked }: RoomState): boolean {
  return asked?.everywhere !== undefined;
}

/** The store tells of what another room has had stored, or this one. */
export function toldOf(
  state: RoomState,
  { kind: _kind, epoch, ...content }: Tell<RoomProtocol> & { readonly kind: "stored" },
  context: RoomContext,
): void {
  hasStored(state, epoch, { room: state.room, ...content }, context);
}

/** Somebody has come into a room in which nobody was: from now on it has to know what others post, and who they are. */
export function beginFollowing(state: RoomState, context: RoomContext): void {
  if (!isShared(state)) return;
  beginAttending(state, context);
  catchUp(state, context);
}

/** The same room knows of something elsewhere that was not heard here: most likely it is on its way, and else it is asked for before long. */
export function knownElsewhere(state: RoomState, offset: number | undefined, context: RoomContext): void {
  const { following, history } = state;
  const isBehind = offset !== undefined && offset > history.offset;
  // Where much is said, this is often so for a moment, and whatever comes next puts the question off.
  if (!isBehind || !following.isRoutine || following.vain === 0) return;
  following.vain = 0;
  lookRoutinely(state, context);
}

/** A node has gone on which this room was: what it had stored last it may not have told. All rooms hear of that together, and ask one after the other. */
export function mayHaveMissed(state: RoomState, context: RoomContext): void {
  state.following.vain = 0;
  lookLater(state, context, LOOK_AGAIN_MS + FOLLOW.minMs * context.random());
}

/** The room has come from another process with everybody who is in it: the others must not take them for gone when that process ends. */
export function goOnFollowing(state: RoomState, context: RoomContext): void {
  if (!isShared(state) || state.seats.size === 0) return lookAtStored(state, context);
  beginFollowing(state, context);
  sayWhoIsHere(state, context);
}

/** Nobody is in the room any more. */
export function endFollowing(state: RoomState, context: RoomContext): void {
  state.following.isCurrent = false;
  endAttending(state, context);
}

/** There may be more than was heard here: whoever comes waits until that is known. */
export function catchUp(state: RoomState, context: RoomContext): void {
  state.following.isCurrent = false;
  lookAtStored(state, context);
}

/** Asks how far the store is: more may be stored than was published here. */
export function lookAtStored({ store: asked, following }: RoomState, context: RoomContext): void {
  if (asked === undefined) return;
  following.isLookDue = true;
  following.isRoutine = false;
  const asking = context.ask(asked.entity, { kind: "stand" });
  context.pipeToSelf(asking, (outcome) => ended(outcome, (standing) => ({ kind: "stood", standing })));
}

/** The store has said how far it is. */
export function stood(
  state: RoomState,
  { epoch = state.epoch, offset }: Reply<LiveRoomProtocol, "stand">,
  context: RoomContext,
): void {
  const { following, history } = state;
  goOnIn(state, epoch, context);
  // Where others post, what they have stored may have been told of before.
  if (offset < history.offset && !isShared(state)) throw wentBack(state, offset);
  following.vain = offset > following.stored ? 0 : following.vain + 1;
  following.stored = Math.max(following.stored, offset);
  following.isLookDue = false;
  if (isShared(state) && state.seats.size > 0) lookRoutinely(state, context);
  readMissing(state, context);
  noteCurrent(state);
}

/** What was missed has been read. */
export function missingRead(
  state: RoomState,
  publications: readonly Publication[],
  context: RoomContext,
): void {
  const before = state.history.offset;
  for (const publication of publications) {
    if (publication.offset === state.history.offset + 1) publish(state, publication, context);
  }
  state.following.isReading = false;
  if (state.history.offset === before && before < state.following.stored) lookLater(state, context);
  else readMissing(state, context);
  noteCurrent(state);
}

/** It could not be looked: that is tried again, for as long as the room is there. */
export function lookFailed(state: RoomState, error: Error, context: RoomContext): void {
  context.log.warn("room.lookFailed", { room: state.room, err: error });
  state.following.isReading = false;
  state.following.isLookDue = false;
  lookLater(state, context);
}

/** Something that this room has had stored is stored, as it says, or was before: it and all before it are published. */
export function hasStored(
  state: RoomState,
  epoch: string,
  publication: Publication | number,
  context: RoomContext,
): void {
  goOnIn(state, epoch, context);
  if (typeof publication !== "number") follow(state, publication, context);
  else state.following.stored = Math.max(state.following.stored, publication);
  readMissing(state, context);
}

/** Asks in a moment how far the store is, unless that is about to be asked. */
export function lookLater({ following }: RoomState, context: RoomContext, delayMs = LOOK_AGAIN_MS): void {
  // One that runs is not started anew: under a flood of failures it would never end.
  if (following.isLookDue && !following.isRoutine) return;
  following.isLookDue = true;
  following.isRoutine = false;
  context.startTimer("look", delayMs, { kind: "lookAtStored" });
}

/** Asks though nothing points to a loss: the longer nothing was missed, the later. */
function lookRoutinely({ following, policy }: RoomState, context: RoomContext): void {
  following.isLookDue = true;
  following.isRoutine = true;
  // The order of a chat room is forgotten when nobody asks for it.
  const maxMs = Math.min(FOLLOW.maxMs, policy.emptyGraceMs);
  context.startTimer("look", backoffMs({ ...FOLLOW, maxMs }, following.vain, 0), { kind: "lookAtStored" });
}

/** Publishes what has just been stored, unless something before it is missing. */
function follow(state: RoomState, publication: Publication, context: RoomContext): void {
  const { offset } = publication;
  const { history, following } = state;
  if (offset <= history.offset) return refuseAnother(state, publication);
  following.stored = Math.max(following.stored, offset);
  if (offset !== history.offset + 1) return;
  publish(state, publication, context);
  following.vain = 0;
  // Up to this one nothing is missing: only the next one may get lost unseen.
  if (following.isRoutine) lookRoutinely(state, context);
}

/** It has asked, and has all that was there. */
function noteCurrent({ following, history }: RoomState): void {
  if (history.offset >= following.stored) following.isCurrent = true;
}

function readMissing(state: RoomState, context: RoomContext): void {
  const { store: read, following, history } = state;
  const missed = following.stored - history.offset;
  if (missed <= 0 || following.isReading || read === undefined) return;
  following.isReading = true;
  const reading = read.read(history.offset + 1, Math.min(missed, MISSED_AT_ONCE));
  context.pipeToSelf(reading, (outcome) =>
    ended(outcome, (publications) => ({ kind: "missingRead", publications })),
  );
}

// A store that does not continue what was published here: the room fails, and begins anew with what is stored.

/** Another room may have given the numbering its name: one that has published nothing goes on in that, and its members come anew. */
function goOnIn(state: RoomState, epoch: string, context: RoomContext): void {
  const { room, history, channel } = state;
  if (epoch === state.epoch) return;
  if (history.offset > 0) {
    throw new Error(`${room} is in epoch ${state.epoch}, and what is stored in ${epoch}`);
  }
  state.epoch = epoch;
  context.tell(channel, { kind: "publish", frame: { kind: "skipped", room, offset: 0 } });
}

/** @throws Error unless this is what was published in its place, as far as that is known; where nobody else posts, nothing comes twice */
function refuseAnother(state: RoomState, { offset, atMs }: Publication): void {
  const { entries, offset: latest } = state.history;
  const known = entries.at(offset - latest - 1)?.publication;
  if (!isShared(state) || (known?.offset === offset && known.atMs !== atMs)) throw wentBack(state, offset);
}

function wentBack({ room, history }: RoomState, offset: number): Error {
  return new Error(`${room} has published ${history.offset}, and what is stored is at ${offset}`);
}

function ended<T>(outcome: Outcome<T>, toMessage: (value: T) => Own<RoomProtocol>): Own<RoomProtocol> {
  return outcome.ok ? toMessage(outcome.value) : { kind: "lookFailed", error: outcome.error };
}

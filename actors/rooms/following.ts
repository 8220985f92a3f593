import type { Publication } from "../../protocols/client-frames.ts";
import type { LiveRoomProtocol } from "../../protocols/live-room.ts";
import type { Own, Reply, Tell } from "../../protocols/protocol.ts";
import type { RoomProtocol, StoringEnd } from "../../protocols/room.ts";
import type { Context, Outcome, ReplyTo } from "../../runtime/actor/context.ts";
import { publish } from "./publish.ts";
import { notStored } from "./room-refusals.ts";
import type { RoomState, Said } from "./room-state.ts";
import type { RoomStore } from "./room-store.ts";

// A room that is stored follows its store: it publishes what is stored, in that order, and nothing else. Most of it is what the room
// has had stored itself. What it has not heard of, because an answer was lost or another process has stored it, it reads.

/** How long after something went wrong a room asks how far its store is, in milliseconds. */
export const LOOK_AGAIN_MS = 1_000;
/** How often a room asks whose store is shared, as long as somebody is in it, in milliseconds. */
export const FOLLOW_EVERY_MS = 3_000;
/** Publications that are read at once of those that were missed. */
const MISSED_AT_ONCE = 100;

type RoomContext = Context<RoomProtocol>;

/** Has something stored. It is published and answered when it is; meanwhile the room goes on, and more may follow it. */
export function store(
  { following, epoch }: RoomState,
  { entity, isShared: hasOthers }: RoomStore,
  { id, ...said }: Said & { readonly id?: string | undefined },
  context: RoomContext & { replyLater(): ReplyTo<RoomProtocol, "post" | "publish"> },
): void {
  const storing = ++following.count;
  following.storing.set(storing, { said, answer: context.replyLater() });
  const named = id === undefined ? {} : { id };
  const post = { kind: "post", ...said, ...named, epoch, ...(hasOthers && { by: context.self }) } as const;
  context.pipeToSelf(context.ask(entity, post), (outcome) => ({
    kind: "storingEnded",
    storing,
    end: outcome.ok ? outcome.value : { kind: "failed", error: outcome.error },
  }));
}

/** The store has answered, or has not. */
export function storingEnded(state: RoomState, storing: number, end: StoringEnd, context: RoomContext): void {
  const { room, following } = state;
  const waiting = following.storing.get(storing);
  if (waiting === undefined) return;
  following.storing.delete(storing);
  const { said, answer } = waiting;
  if (end.kind === "refused") return answer.reply(end);
  if (end.kind === "failed") {
    lookLater(state, context);
    return answer.reply(notStored(end.error));
  }
  const { epoch, offset } = end;
  goOnIn(state, epoch, context);
  if (end.kind === "stored") follow(state, { room, offset, ...said, atMs: end.atMs }, context);
  else following.stored = Math.max(following.stored, offset);
  readMissing(state, context);
  answer.reply({ kind: "published", epoch, offset });
}

/** The store tells of what another room has had stored. */
export function toldOf(
  state: RoomState,
  { kind: _kind, epoch, ...content }: Tell<RoomProtocol> & { readonly kind: "stored" },
  context: RoomContext,
): void {
  goOnIn(state, epoch, context);
  follow(state, { room: state.room, ...content }, context);
  readMissing(state, context);
}

/** Somebody has come into a room in which nobody was: from now on it has to know what others post. */
export function beginFollowing(state: RoomState, context: RoomContext): void {
  if (isShared(state) && !state.following.isLookDue) lookAtStored(state, context);
}

/** Asks how far the store is: more may be stored than was published here. */
export function lookAtStored({ store: asked, following }: RoomState, context: RoomContext): void {
  if (asked === undefined) return;
  following.isLookDue = true;
  const asking = asked.isShared
    ? context.ask(asked.entity, { kind: "follow", room: context.self })
    : context.ask(asked.entity, { kind: "stand" });
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
  following.stored = Math.max(following.stored, offset);
  following.isLookDue = false;
  if (isShared(state) && state.seats.size > 0) lookLater(state, context, FOLLOW_EVERY_MS);
  readMissing(state, context);
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
}

/** It could not be looked: that is tried again, for as long as the room is there. */
export function lookFailed(state: RoomState, error: Error, context: RoomContext): void {
  context.log.warn("room.lookFailed", { room: state.room, err: error });
  state.following.isReading = false;
  state.following.isLookDue = false;
  lookLater(state, context);
}

/** Publishes what has just been stored, unless something before it is missing. */
function follow(state: RoomState, publication: Publication, context: RoomContext): void {
  const { offset } = publication;
  const { history, following } = state;
  if (offset <= history.offset) return refuseAnother(state, publication);
  following.stored = Math.max(following.stored, offset);
  if (offset === history.offset + 1) publish(state, publication, context);
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

function lookLater({ following }: RoomState, context: RoomContext, delayMs = LOOK_AGAIN_MS): void {
  // One that runs is not started anew: under a flood of failures it would never end.
  if (following.isLookDue) return;
  following.isLookDue = true;
  context.startTimer("look", delayMs, { kind: "lookAtStored" });
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

function isShared({ store: asked }: RoomState): boolean {
  return asked?.isShared === true;
}

function wentBack({ room, history }: RoomState, offset: number): Error {
  return new Error(`${room} has published ${history.offset}, and what is stored is at ${offset}`);
}

function ended<T>(outcome: Outcome<T>, toMessage: (value: T) => Own<RoomProtocol>): Own<RoomProtocol> {
  return outcome.ok ? toMessage(outcome.value) : { kind: "lookFailed", error: outcome.error };
}

import type { Tell } from "../../protocols/protocol.ts";
import type { AnyReference } from "../../protocols/reference.ts";
import type { RoomProtocol } from "../../protocols/room.ts";
import type { Context } from "../../runtime/actor/context.ts";
import { backoffMs } from "../../runtime/time/backoff.ts";
import { forgetElsewhere, hearOf, isLate, movedFrom, silentElsewhere } from "./elsewhere.ts";
import type { Changed } from "./elsewhere.ts";
import { isDue, noteChanged, noteJoined, noteLeft, takeAnnouncements } from "./presence-batch.ts";
import { memberCount, namedHere } from "./room-state.ts";
import type { RoomState } from "./room-state.ts";

// Each node knows who is in its rooms, and no list of that is kept anywhere else. A room that has members says who they are to the same room on
// all nodes, whenever that changes and now and then; what it has heard of others goes when they say so, or when their node ends.

/** How long comings and goings are collected before the members hear of them. */
export const ANNOUNCE_AFTER_MS = 250;
/** How often a room says who is here although nothing has changed, in milliseconds. */
export const ATTEND_EVERY_MS = 20_000;
/** How soon a roll is called again when the room has not heard its own call, in milliseconds: then it does not hear the others yet. */
const CALL_AGAIN = { minMs: 50, maxMs: 2_000, jitter: 0 };
/** How long the others are given to answer the roll, in milliseconds. */
const ROLL_WITHIN_MS = 60;

type RoomContext = Context<RoomProtocol>;

/** Begins to hear the same room on other nodes, and asks who is there. */
export function beginAttending(state: RoomState, context: RoomContext): void {
  const { store, attending } = state;
  if (store?.everywhere === undefined) return;
  context.tell(store.everywhere.entrance, { kind: "attach", receiver: context.self });
  attending.phase = "calling";
  attending.calls = 0;
  callRoll(state, context);
  context.startTimer("attend", ATTEND_EVERY_MS, { kind: "attend" });
}

/** Nobody is here any more: what is said on other nodes does not concern this room. */
export function endAttending(state: RoomState, context: RoomContext): void {
  const { store, attending, elsewhere } = state;
  if (store?.everywhere === undefined) return;
  sayWhoIsHere(state, context);
  context.tell(store.everywhere.entrance, { kind: "detach", receiver: context.self });
  attending.phase = "away";
  for (const timer of ["attend", "roll"]) context.stopTimer(timer);
  for (const { at } of elsewhere.values()) context.unwatch(at);
  elsewhere.clear();
}

/** Somebody asks who is there: perhaps this room itself, which shows that it hears from now on. */
export function hearCall(state: RoomState, by: AnyReference, context: RoomContext): "own" | "known" {
  const { attending, seats } = state;
  if (by.address !== context.self.address) {
    if (seats.size > 0) sayWhoIsHere(state, context);
    return "known";
  }
  if (attending.phase !== "calling") return "known";
  attending.phase = "listening";
  context.startTimer("roll", ROLL_WITHIN_MS, { kind: "rollCalled" });
  return "own";
}

/** The time for answers is over, or it was not heard that there was a call. */
export function rollEnded(state: RoomState, context: RoomContext): void {
  if (state.attending.phase === "calling") callRoll(state, context);
  else if (state.attending.phase === "listening") state.attending.phase = "attending";
}

/** The same room says who is there. */
export function heardOf(
  state: RoomState,
  word: Tell<RoomProtocol> & { readonly kind: "attendance" },
  context: RoomContext,
): void {
  const { elsewhere, attending } = state;
  const { at } = word;
  // Under its own party a room hears the one that it was, in the process before.
  const isOwn = at.address === context.self.address || word.party === state.party;
  if (isOwn || attending.phase === "away" || isLate(elsewhere, word)) return;
  const isKnown = elsewhere.has(at.address);
  const before = movedFrom(elsewhere, word);
  const changed = hearOf(elsewhere, word, context.nowMs());
  const isThere = elsewhere.has(at.address);
  if (before !== undefined) context.unwatch(before);
  if (isThere && !isKnown) context.watch(at, { kind: "elsewhereGone", at: at.address });
  if (isKnown && !isThere) context.unwatch(at);
  // Who was there before somebody came here is no news.
  if (attending.phase === "attending") noteElsewhere(state, changed, context);
}

/** The room on another node has stopped, or its node has. */
export function goneElsewhere(state: RoomState, at: string, context: RoomContext): void {
  noteElsewhere(state, forgetElsewhere(state.elsewhere, at), context);
}

/** Says again who is here, and forgets who has been silent for long. */
export function attend(state: RoomState, context: RoomContext): void {
  for (const address of silentElsewhere(state.elsewhere, context.nowMs())) {
    const at = state.elsewhere.get(address)?.at;
    if (at !== undefined) context.unwatch(at);
    goneElsewhere(state, address, context);
  }
  sayWhoIsHere(state, context);
  context.startTimer("attend", ATTEND_EVERY_MS, { kind: "attend" });
}

/** Says to all nodes who is here. */
export function sayWhoIsHere(state: RoomState, context: RoomContext): void {
  const { store, seats, attending, party, history } = state;
  attending.isChanged = false;
  const all = store?.everywhere?.all;
  if (all === undefined) return;
  const members = namedHere(seats);
  const { offset } = history;
  const { moves } = attending;
  const here = { at: context.self, count: seats.size, members };
  context.tell(all, { kind: "attendance", ...here, party, moves, offset });
}

/** Notes who came or went here. */
export function announceHere(state: RoomState, note: () => void, context: RoomContext): void {
  state.attending.isChanged = true;
  announce(state, note, context);
}

/** Tells the members who came and went, and the other nodes who is here. */
export function tellOfComings(state: RoomState, context: RoomContext): void {
  const { presence, room, channel, attending } = state;
  if (attending.isChanged) sayWhoIsHere(state, context);
  for (const frame of takeAnnouncements(presence, room, memberCount(state))) {
    context.tell(channel, { kind: "publish", frame });
  }
}

/** Notes who came or went, to be announced with those who come and go in the same moment. */
function announce({ presence }: RoomState, note: () => void, context: RoomContext): void {
  const runs = isDue(presence);
  note();
  // One that runs is not started anew: in a busy room the announcement would never come.
  if (!runs) context.startTimer("announce", ANNOUNCE_AFTER_MS, { kind: "announce" });
}

function callRoll({ store, attending }: RoomState, context: RoomContext): void {
  if (store?.everywhere === undefined) return;
  context.tell(store.everywhere.all, { kind: "callRoll", by: context.self });
  const againMs = backoffMs(CALL_AGAIN, attending.calls++, 0);
  context.startTimer("roll", againMs, { kind: "rollCalled" });
}

function noteElsewhere(state: RoomState, { came, left, by }: Changed, context: RoomContext): void {
  if (came.length + left.length === 0 && by === 0) return;
  announce(
    state,
    () => {
      for (const member of left) noteLeft(state.presence, member);
      for (const member of came) noteJoined(state.presence, member);
      if (came.length - left.length !== by) noteChanged(state.presence);
    },
    context,
  );
}

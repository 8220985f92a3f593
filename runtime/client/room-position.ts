import type { Publication, ServerFrames } from "../../protocols/client-frames.ts";

// Pure: which publications of a room a reader may show, in which order, and where it must admit a gap.
// Offsets count up by one within an epoch; a reader shows each at most once, in order.

/** Publications that cannot be shown, and never will. */
export type Gap =
  /** `missing` publications after offset `after` are no longer in the room's history. */
  | { readonly reason: "missing"; readonly after: number; readonly missing: number }
  /** The room began anew and counts from its start: how much was missed, nobody knows. */
  | { readonly reason: "restarted" };

/** What comes to be seen, in order. */
export type Sight =
  | { readonly kind: "publication"; readonly publication: Publication }
  | { readonly kind: "gap"; readonly gap: Gap };

/** How far a reader has come in a room. */
export interface RoomPosition {
  /** `away`: not subscribed. `joining`: `subscribed` is awaited, publications are kept back. `live`: they are shown as they come. */
  readonly phase: "away" | "joining" | "live";
  /** Undefined until the first `subscribed`. */
  readonly epoch: string | undefined;
  /** The last offset that was shown, or passed in a gap. */
  readonly offset: number;
  /** Publications kept back. */
  readonly early: readonly Publication[];
}

/** What a frame changes for a reader. */
export interface Step {
  readonly position: RoomPosition;
  readonly sights: readonly Sight[];
  /** Something is missing that the room may still have: subscribe again with `recover`. */
  readonly recover: boolean;
}

/** How many publications are kept back for one room. More are dropped, and then found missing by their offset. */
export const EARLY_MAX = 256;

/** A reader that has seen nothing. */
export function newPosition(): RoomPosition {
  return { phase: "away", epoch: undefined, offset: 0, early: [] };
}

/** A `subscribe` was sent. */
export function joining(position: RoomPosition): RoomPosition {
  return { ...position, phase: "joining" };
}

/** The connection broke: what was kept back will come again with the recovery. */
export function cutOff(position: RoomPosition): RoomPosition {
  return { ...position, phase: "away", early: [] };
}

/** What to ask for when subscribing; undefined for a newcomer. */
export function recoverFrom({ epoch, offset }: RoomPosition): { epoch: string; offset: number } | undefined {
  return epoch === undefined ? undefined : { epoch, offset };
}

/** A publication came by. */
export function afterPublication(position: RoomPosition, publication: Publication): Step {
  if (position.phase === "away") return { position, sights: [], recover: false };
  if (position.phase === "joining") {
    return { position: keptBack(position, publication), sights: [], recover: false };
  }
  if (publication.offset <= position.offset) return { position, sights: [], recover: false };
  if (publication.offset > position.offset + 1) {
    return { position: joining(keptBack(position, publication)), sights: [], recover: true };
  }
  const sights: Sight[] = [{ kind: "publication", publication }];
  return { position: { ...position, offset: publication.offset }, sights, recover: false };
}

/** The room answered: where it stands, and what it still has of what came since. */
export function afterSubscribed(position: RoomPosition, subscribed: ServerFrames["subscribed"]): Step {
  const { epoch, offset } = subscribed;
  const history = inOrder(subscribed.publications);
  const newcomer = position.epoch === undefined;
  const isAnother = position.epoch !== epoch || offset < position.offset;
  // Who has seen nothing has nothing that the new epoch could break with, when the room says that this is all.
  const isWhole = position.offset === 0 && subscribed.recovered;
  const restarted = !newcomer && isAnother && !isWhole;
  const sights: Sight[] = restarted ? [{ kind: "gap", gap: { reason: "restarted" } }] : [];
  // Whoever comes new, or to a room that began anew, starts with what the room still has.
  const from = newcomer || restarted ? (history[0]?.offset ?? offset + 1) - 1 : position.offset;
  const reached = show(sights, from, history);
  if (offset > reached) sights.push(missing(reached, offset));
  const caughtUp: RoomPosition = { phase: "live", epoch, offset: Math.max(offset, reached), early: [] };
  // Offsets of the ended epoch say nothing in the new one, and what was kept back does not name its epoch.
  if (restarted) return recoverAgain(caughtUp, sights, position.early.length > 0);
  return releaseEarly(caughtUp, position.early, sights);
}

/** Shows a history from `from` on, admitting every hole in it; returns the last offset shown. */
function show(sights: Sight[], from: number, history: readonly Publication[]): number {
  let reached = from;
  for (const publication of history) {
    if (publication.offset <= reached) continue;
    if (publication.offset > reached + 1) sights.push(missing(reached, publication.offset - 1));
    sights.push({ kind: "publication", publication });
    reached = publication.offset;
  }
  return reached;
}

/** Shows what was kept back, as if it came now. */
function releaseEarly(caughtUp: RoomPosition, early: readonly Publication[], sights: readonly Sight[]): Step {
  let step = recoverAgain(caughtUp, sights, false);
  for (const publication of inOrder(early)) {
    const next = afterPublication(step.position, publication);
    const recover = step.recover || next.recover;
    step = { position: next.position, sights: [...step.sights, ...next.sights], recover };
  }
  // A full store has dropped some, and only the room knows which.
  return early.length < EARLY_MAX ? step : recoverAgain(step.position, step.sights, true);
}

function recoverAgain(caughtUp: RoomPosition, sights: readonly Sight[], recover: boolean): Step {
  return { position: recover ? joining(caughtUp) : caughtUp, sights, recover };
}

function keptBack(position: RoomPosition, publication: Publication): RoomPosition {
  if (position.early.length >= EARLY_MAX) return position;
  return { ...position, early: [...position.early, publication] };
}

function missing(after: number, upTo: number): Sight {
  return { kind: "gap", gap: { reason: "missing", after, missing: upTo - after } };
}

function inOrder(publications: readonly Publication[]): readonly Publication[] {
  return publications.toSorted((a, b) => a.offset - b.offset);
}

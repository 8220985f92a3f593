import type { RoomProtocol, StoringEnd } from "../../protocols/room.ts";
import type { Context, ReplyTo } from "../../runtime/actor/context.ts";
import { Fault, FAULTS, isFault } from "../../runtime/fault.ts";
import type { FaultCode } from "../../runtime/fault.ts";
import { hasStored, isShared, lookLater } from "./following.ts";
import { WAITING_MAX } from "./live-room.ts";
import { newEpoch } from "./room-epoch.ts";
import { notStored } from "./room-refusals.ts";
import type { RoomState, Storing, Utterance } from "./room-state.ts";

// What is said in a room that is stored is said when it is stored. Where the entity of a room may be on another node, that node may go: then what was said is said
// again to the next one, in the same order and under the same ids, so that nobody who speaks notices more than a pause.

/** How long after it was said something is tried again, in milliseconds: longer than a node needs to be missed, less than a client waits. */
export const STORE_WITHIN_MS = 8_500;
/** How long after a failure what waits is tried again, in milliseconds. */
export const STORE_AGAIN_MS = 250;
/** Faults that are not over in a moment, or in which more of the same would do harm. */
const LASTING: readonly FaultCode[] = ["askTimeout", "mailboxFull", "journalBusy", "journalFull"];

type RoomContext = Context<RoomProtocol>;

/** Has something stored. It is published and answered when it is; meanwhile the room goes on, and more may follow it. */
export function store(
  state: RoomState,
  { id, ...said }: Utterance & { readonly id?: string | undefined },
  context: RoomContext & { replyLater(): ReplyTo<RoomProtocol, "post" | "publish"> },
): void {
  const { following, room } = state;
  // While its entity is not found a room keeps as much as that would.
  if (following.isPaused && following.storing.size >= WAITING_MAX) {
    return context.replyLater().reply(notStored(new Fault("mailboxFull", { address: room })));
  }
  const number = ++following.count;
  // Without a name it could not be told whether it was stored the first time.
  const name = id ?? (isShared(state) ? `${newEpoch(context)}.${number}` : undefined);
  const storing = {
    said,
    id: name,
    answer: context.replyLater(),
    saidAtMs: context.nowMs(),
    isUnderWay: false,
  };
  following.storing.set(number, storing);
  if (!following.isPaused) put(state, number, storing, context);
}

/** The store has answered, or has not. */
export function storingEnded(state: RoomState, number: number, end: StoringEnd, context: RoomContext): void {
  const { room, following } = state;
  const storing = following.storing.get(number);
  if (storing === undefined) return;
  storing.isUnderWay = false;
  const { said, answer } = storing;
  const isPassing = end.kind === "failed" && mayBeTriedAgain(state, storing, end.error, context);
  if (isPassing) return pause(state, context);
  following.storing.delete(number);
  if (end.kind === "refused") return answer.reply(end);
  if (end.kind === "failed") {
    lookLater(state, context);
    return answer.reply(notStored(end.error));
  }
  const { epoch, offset } = end;
  const publication = end.kind === "stored" ? { room, offset, ...said, atMs: end.atMs } : offset;
  hasStored(state, epoch, publication, context);
  answer.reply({ kind: "published", epoch, offset });
}

/** Says again what was not stored, in the order in which it was said. */
export function storeAgain(state: RoomState, context: RoomContext): void {
  state.following.isPaused = false;
  for (const [number, storing] of state.following.storing) {
    if (!storing.isUnderWay) put(state, number, storing, context);
  }
}

function put(
  { store: to, history, epoch }: RoomState,
  number: number,
  storing: Storing,
  context: RoomContext,
): void {
  if (to === undefined) return;
  const { said, id } = storing;
  storing.isUnderWay = true;
  const named = id === undefined ? {} : { id };
  // If the store knows nothing of what was published here, that has been forgotten: its name must not come again.
  const numbering = history.offset === 0 ? epoch : newEpoch(context);
  const post = { kind: "post", ...said, ...named, epoch: numbering } as const;
  const leftMs = Math.max(1, storing.saidAtMs + STORE_WITHIN_MS - context.nowMs());
  const asking = context.ask(to.entity, post, to.everywhere === undefined ? {} : { deadlineMs: leftMs });
  context.pipeToSelf(asking, (outcome) => ({
    kind: "storingEnded",
    storing: number,
    end: outcome.ok ? outcome.value : { kind: "failed", error: outcome.error },
  }));
}

/** Nothing more is sent until what has failed is sent again: it would overtake it. */
function pause({ following }: RoomState, context: RoomContext): void {
  if (following.isPaused) return;
  following.isPaused = true;
  context.startTimer("storeAgain", STORE_AGAIN_MS, { kind: "storeAgain" });
}

function mayBeTriedAgain(
  state: RoomState,
  { saidAtMs }: Storing,
  error: Error,
  context: RoomContext,
): boolean {
  if (!isShared(state) || !(error instanceof Fault)) return false;
  const isLasting = LASTING.includes(error.code) || isFault(error.cause, "journalFull");
  if (isLasting || !FAULTS[error.code].retryable) return false;
  return context.nowMs() - saidAtMs < STORE_WITHIN_MS - STORE_AGAIN_MS;
}

import type { ClientFrames, Member, ServerFrame } from "../../protocols/client-frames.ts";
import type { ConnectionProtocol, JoinEnd } from "../../protocols/connection.ts";
import type { Own, Reply } from "../../protocols/protocol.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { RoomProtocol } from "../../protocols/room.ts";
import type { Outcome } from "../../runtime/actor/context.ts";
import { isFault } from "../../runtime/fault.ts";
import { refusalOfFault, refusedFrame, roomClosed } from "./refusals.ts";
import { awaitAnswer } from "./connection-state.ts";
import type { ConnectionContext, ConnectionState } from "./connection-state.ts";
import type { RoomFrame } from "./room-link.ts";

/** How long a client's word may take to its place in the order, in milliseconds: a little less than clients wait, and enough for a room to find its order on another node. */
const PUBLISH_WITHIN_MS = 9_000;

type Call<K extends RoomFrame["kind"]> = (
  state: ConnectionState,
  frame: ClientFrames[K],
  room: Reference<RoomProtocol>,
  context: ConnectionContext,
) => void;

/** How each frame about a room is put to it. The connection waits for no answer: it comes back as a message. */
export const ROOM_CALLS: { readonly [K in RoomFrame["kind"]]: Call<K> } = {
  subscribe({ client }, frame, room, context) {
    const { member, outlet, self: connection } = client;
    const recover = frame.recover === undefined ? {} : { recover: frame.recover };
    // The room itself writes `subscribed`, so that no publication overtakes it.
    const joining = context.ask(room, {
      kind: "join",
      member,
      outlet,
      connection,
      frameId: frame.id,
      ...recover,
    });
    context.pipeToSelf(joining, (outcome) => joinEnded(frame, outcome));
  },

  unsubscribe({ client, links }, { id, room: name }, room, context) {
    context.tell(room, { kind: "leave", member: client.member.id });
    links?.delete(name);
    context.tell(client.outlet, { kind: "send", frame: { kind: "unsubscribed", id, room: name } });
  },

  publish(state, frame, room, context) {
    const { id, data } = frame;
    const publish = { kind: "publish", member: state.client.member.id, data } as const;
    const publishing = context.ask(room, publish, { deadlineMs: PUBLISH_WITHIN_MS });
    awaitAnswer(state, frame);
    context.pipeToSelf(publishing, (outcome) =>
      answer(outcome, frame, (reply) =>
        reply.kind === "published"
          ? { kind: "published", id, offset: reply.offset }
          : refusedFrame({ ...reply, id }),
      ),
    );
  },

  presence(state, frame, room, context) {
    awaitAnswer(state, frame);
    context.pipeToSelf(context.ask(room, { kind: "presence" }), (outcome) => presenceAnswer(outcome, frame));
  },
};

/** Who is in a room. */
export interface Present {
  readonly count: number;
  readonly members: Member[];
}

/** What the client is told of who is in a room. */
export function presenceAnswer(
  outcome: Outcome<Present>,
  frame: ClientFrames["presence"],
): Own<ConnectionProtocol> {
  const { id, room } = frame;
  return answer(outcome, frame, ({ count, members }) => ({ kind: "presence", id, room, count, members }));
}

/** What the client is told of an answer, or of the fault that came instead; a bug goes back to the actor. */
function answer<T>(
  outcome: Outcome<T>,
  to: RoomFrame,
  frameOf: (reply: T) => ServerFrame,
): Own<ConnectionProtocol> {
  if (outcome.ok) return { kind: "answered", to, frame: frameOf(outcome.value) };
  const { id } = to;
  const refusal = isFault(outcome.error, "actorGone") ? roomClosed(id) : refusalOfFault(outcome.error);
  return refusal instanceof Error
    ? { kind: "failed", error: refusal }
    : { kind: "answered", to, frame: refusedFrame({ ...refusal, id }) };
}

function joinEnded(
  frame: ClientFrames["subscribe"],
  outcome: Outcome<Reply<RoomProtocol, "join">>,
): Own<ConnectionProtocol> {
  const result = joinResult(frame.id, outcome);
  return result instanceof Error ? { kind: "failed", error: result } : { kind: "joinEnded", frame, result };
}

function joinResult(id: number, outcome: Outcome<Reply<RoomProtocol, "join">>): JoinEnd | Error {
  if (!outcome.ok) {
    if (isFault(outcome.error, "actorGone")) return { kind: "gone" };
    const refusal = refusalOfFault(outcome.error);
    return refusal instanceof Error ? refusal : { kind: "refused", refusal: { ...refusal, id } };
  }
  if (outcome.value.kind === "joined") return { kind: "joined", epoch: outcome.value.epoch };
  const { code, field, text } = outcome.value;
  return { kind: "refused", refusal: { id, code, text, ...(field === undefined ? {} : { field }) } };
}

import { FACTS_MAX } from "../../protocols/client-frames.ts";
import type { Facts, Publication } from "../../protocols/client-frames.ts";
import type { LiveRoomProtocol } from "../../protocols/live-room.ts";
import type { Reply } from "../../protocols/protocol.ts";
import type { RoomProtocol } from "../../protocols/room.ts";
import { isFault } from "../../runtime/fault.ts";
import { jsonBytes } from "./json-size.ts";
import type { RoomPolicy } from "./room-kind.ts";

/** The most that one publication may carry, in bytes of JSON. */
export const DATA_BYTES_MAX = 16 * 1_024;
/** The most that the facts of a room may weigh, in bytes of JSON. */
export const FACTS_BYTES_MAX = 16 * 1_024;

/** Why a room did not do what it was asked: the same form for every question. */
export type Refused = Extract<Reply<RoomProtocol, "publish">, { readonly kind: "refused" }>;

/** Why something may not be said, whoever says it. */
export type PostRefused = Extract<Reply<LiveRoomProtocol, "post">, { readonly kind: "refused" }>;

/** The room has no seat left. */
export function roomFull({ membersMax }: RoomPolicy): Refused {
  return { kind: "refused", code: "roomFull", text: `the room holds at most ${membersMax} members` };
}

/** Members only watch in rooms of this kind. */
export function onlyServicesPost({ kind }: RoomPolicy): Refused {
  return { kind: "refused", code: "onlyServicesPost", text: `in a ${kind} room only services post` };
}

/** Who publishes must be in the room. */
export function notAMember(): Refused {
  return { kind: "refused", code: "notAMember", text: "subscribe to the room first" };
}

/** Why nothing like this may be said in a room in which these facts are known, if it may not. Pure. */
export function refusalOfPost(
  { data, facts }: Pick<Publication, "data" | "facts">,
  known: Facts,
): PostRefused | undefined {
  if (jsonBytes(data) > DATA_BYTES_MAX) return dataTooLarge();
  return facts === undefined ? undefined : refusalOfFacts({ ...known, ...facts });
}

/** What was to be stored has not been, or nobody knows whether it has. */
export function notStored(error: Error): Refused {
  if (isFault(error, "journalFull") || isFault(error.cause, "journalFull")) {
    const text = "the journal has no room left, nothing can be stored; push it again later, with the same id";
    return { kind: "refused", code: "storageFull", text };
  }
  const text = isFault(error, "mailboxFull")
    ? "too much waits to be stored; push it again a little later"
    : "it is not known whether this was stored; push it again, with the same id";
  return { kind: "refused", code: "notStored", text };
}

function dataTooLarge(): PostRefused {
  const text = `the data of a publication may take at most ${DATA_BYTES_MAX} bytes of JSON`;
  return { kind: "refused", code: "tooLarge", field: "/data", text };
}

function refusalOfFacts(facts: Facts): PostRefused | undefined {
  if (Object.keys(facts).length > FACTS_MAX) {
    return {
      kind: "refused",
      code: "tooManyFacts",
      field: "/facts",
      text: `a room keeps at most ${FACTS_MAX} facts`,
    };
  }
  if (jsonBytes(facts) <= FACTS_BYTES_MAX) return undefined;
  const text = `the facts of a room may take at most ${FACTS_BYTES_MAX} bytes of JSON`;
  return { kind: "refused", code: "tooLarge", field: "/facts", text };
}

import { FACTS_MAX } from "../../protocols/client-frames.ts";
import type { Facts } from "../../protocols/client-frames.ts";
import type { Reply } from "../../protocols/protocol.ts";
import type { RoomProtocol } from "../../protocols/room.ts";
import { jsonBytes } from "./json-size.ts";
import type { RoomPolicy } from "./room-kind.ts";

/** The most that one publication may carry, in bytes of JSON. */
export const DATA_BYTES_MAX = 16 * 1_024;
/** The most that the facts of a room may weigh, in bytes of JSON. */
export const FACTS_BYTES_MAX = 16 * 1_024;

/** Why a room did not do what it was asked: the same form for every question. */
export type Refused = Extract<Reply<RoomProtocol, "publish">, { readonly kind: "refused" }>;

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

/** A publication is larger than rooms take. */
export function dataTooLarge(): Refused {
  const text = `the data of a publication may take at most ${DATA_BYTES_MAX} bytes of JSON`;
  return { kind: "refused", code: "tooLarge", field: "/data", text };
}

/** Why a room cannot keep these facts, if it cannot. Pure. */
export function refusalOfFacts(facts: Facts): Refused | undefined {
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

import type { SlowPolicy } from "../../protocols/channel.ts";
import type { NodeSettings } from "../../protocols/settings.ts";
import type { HistoryBounds } from "./history.ts";

/** What a room is for; it stands in front of its name. */
export const ROOM_KINDS = ["chat", "live"] as const;
export type RoomKind = (typeof ROOM_KINDS)[number];

/** The kinds in which what is said is stored before anybody sees it, for good. Who is there is of the moment in all rooms. */
const STORED_KINDS: readonly RoomKind[] = ["live"];

/** How the rooms of one kind behave, as data. */
export interface RoomPolicy {
  readonly kind: RoomKind;
  /** Whether members may publish; verified services may post to every room. */
  readonly membersPublish: boolean;
  readonly membersMax: number;
  readonly history: HistoryBounds;
  /** How many of the latest publications a newcomer gets. */
  readonly shownMax: number;
  /** What happens to a member who reads too slowly. */
  readonly slow: SlowPolicy;
  /** How long a room lingers in which nobody is and nothing was said. */
  readonly emptyGraceMs: number;
  /** How long an empty room keeps what was said. */
  readonly keepMs: number;
}

/** The most a room keeps, in bytes of JSON: it must fit into one frame, twice below the limit of a client's buffer. */
const HISTORY_BYTES_MAX = 128 * 1_024;

/**
 * How many publications a room that is stored has at hand for those who come back: after a kill services are faster with
 * their pushes than clients are with their return.
 */
const STORED_WINDOW = 500;

/** The policy of each kind of room under these settings. */
export function roomPolicies(settings: NodeSettings["rooms"]): Readonly<Record<RoomKind, RoomPolicy>> {
  const common = {
    membersMax: settings.members,
    // Text cannot be conflated: each publication counts, and who is slow catches up from the history.
    slow: "skipAndRecover",
    emptyGraceMs: settings.graceMs,
    shownMax: settings.historySize,
  } as const;
  const bounds = { size: settings.historySize, bytes: HISTORY_BYTES_MAX };
  return {
    chat: {
      ...common,
      kind: "chat",
      membersPublish: true,
      history: { ...bounds, ageMs: settings.historyMs },
      keepMs: settings.graceMs,
    },
    live: {
      ...common,
      kind: "live",
      membersPublish: false,
      history: {
        ...bounds,
        size: Math.max(settings.historySize, STORED_WINDOW),
        ageMs: settings.liveHistoryMs,
      },
      keepMs: settings.liveGraceMs,
    },
  };
}

/** Whether an id names a room of a kind that there is. */
export function isRoom(room: string): boolean {
  return ROOM_KINDS.some((kind) => room.startsWith(`${kind}/`));
}

/** Whether what is said in a room is stored. */
export function isStored(room: string): boolean {
  return STORED_KINDS.includes(kindOf(room));
}

/** The kind of a room, from its id. @throws TypeError for an id that no door would let pass */
export function kindOf(room: string): RoomKind {
  const kind = ROOM_KINDS.find((known) => room.startsWith(`${known}/`));
  if (kind === undefined) throw new TypeError(`"${room}" is no room: it names no kind`);
  return kind;
}

import type { Reply } from "../../protocols/protocol.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { RoomDirectoryProtocol } from "../../protocols/room-directory.ts";
import type { RoomProtocol } from "../../protocols/room.ts";
import { isFault } from "../../runtime/fault.ts";
import type { RouteContext } from "../../runtime/net/route.ts";
import type { FindStore, RoomStore } from "./room-store.ts";
import { pageBefore } from "./stored-page.ts";
import type { PageRequest } from "./stored-page.ts";

/** Where rooms are to be seen: those that are open, and what is stored of others. */
export interface RoomSources {
  readonly rooms: Reference<RoomDirectoryProtocol>;
  readonly findStore: FindStore;
}

/** What a room knows. */
export type RoomView = { readonly room: string } & Omit<Reply<RoomProtocol, "history">, "kind">;

/** A part of what was ever posted in a room. */
export type RoomPage = Pick<RoomView, "room" | "epoch" | "offset" | "publications"> & {
  readonly earlier: boolean;
};

/** How much is shown of a room as it is stored. */
const SHOWN = { limit: 200, bytes: 128 * 1_024 };

/** What a room knows, for somebody who does not take part: nothing in the room changes. Undefined when there is none. */
export async function look(
  { rooms, findStore }: RoomSources,
  room: string,
  context: RouteContext,
): Promise<RoomView | undefined> {
  const found = await context.ask(rooms, { kind: "find", room });
  const known =
    found.kind === "absent"
      ? undefined
      : await context.ask(found.room, { kind: "history" }).catch(whenGone(undefined));
  const store = findStore(room);
  // What others have stored may not have come to a room in which nobody is.
  if (known === undefined || store?.everywhere !== undefined) {
    return lookAtStore(store, { room, members: known?.members ?? 0 }, context);
  }
  const { epoch, offset, members, facts, publications } = known;
  return { room, epoch, offset, members, facts, publications };
}

/** A page of what is stored of a room, whether it is open or not; undefined when nothing is. */
export async function lookBack(
  store: RoomStore,
  room: string,
  { before, ...limits }: Omit<PageRequest, "before"> & { readonly before?: number | undefined },
  context: RouteContext,
): Promise<RoomPage | undefined> {
  const standing = await standingOf(store, context);
  if (standing?.epoch === undefined) return undefined;
  const { epoch, offset } = standing;
  // Whatever comes after its word is not certain to be durable.
  const end = Math.min(before ?? Number.POSITIVE_INFINITY, offset + 1);
  const publications = await pageBefore(store, { before: end, ...limits });
  return { room, epoch, offset, publications, earlier: (publications[0]?.offset ?? 1) > 1 };
}

async function lookAtStore(
  store: RoomStore | undefined,
  { room, members }: Pick<RoomView, "room" | "members">,
  context: RouteContext,
): Promise<RoomView | undefined> {
  const standing = store === undefined ? undefined : await standingOf(store, context);
  if (store === undefined || standing?.epoch === undefined) return undefined;
  const { epoch, offset, facts } = standing;
  const latest = await pageBefore(store, { before: offset + 1, ...SHOWN });
  const sinceMs = context.wallMs() - (store.shownMs ?? Number.POSITIVE_INFINITY);
  const publications = latest.filter(({ atMs }) => atMs >= sinceMs);
  return { room, epoch, offset, members, facts, publications };
}

/** How far a store is. Asking wakes its entity, so that is not done for names of which nothing is stored. */
async function standingOf(store: RoomStore, context: RouteContext) {
  return (await store.isKnown()) ? context.ask(store.entity, { kind: "stand" }) : undefined;
}

/** Takes a room that closed between being found and being asked for a value; other errors stay errors. */
export function whenGone<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (isFault(error, "actorGone")) return value;
    throw error;
  };
}

import type { Reference } from "../../protocols/reference.ts";
import type { RoomProtocol } from "../../protocols/room.ts";

/** How long a room is told of what is stored after it has last asked for that, in milliseconds. */
export const FOLLOWED_MS = 15_000;

interface Follower {
  readonly id: string;
  readonly room: Reference<RoomProtocol>;
  readonly untilMs: number;
}

/**
 * The rooms that want to hear of what the live rooms of this node store. Of the moment: when an entity moves or fails, its rooms ask
 * again. Those that do not ask any more are forgotten, so there are never more than have asked lately.
 */
export class Followers {
  /** By the id of the entity, then by the address of the room. */
  readonly #byId = new Map<string, Map<string, Follower>>();
  /** Those that have asked longest ago come first. */
  readonly #inOrder = new Set<Follower>();

  add(id: string, room: Reference<RoomProtocol>, nowMs: number): void {
    this.#forget(nowMs);
    const rooms = this.#byId.get(id) ?? new Map<string, Follower>();
    const before = rooms.get(room.address);
    if (before !== undefined) this.#inOrder.delete(before);
    const follower = { id, room, untilMs: nowMs + FOLLOWED_MS };
    rooms.set(room.address, follower);
    this.#byId.set(id, rooms);
    this.#inOrder.add(follower);
  }

  /** Whom an entity has to tell. */
  of(id: string, nowMs: number): Reference<RoomProtocol>[] {
    this.#forget(nowMs);
    return Array.from(this.#byId.get(id)?.values() ?? [], ({ room }) => room);
  }

  #forget(nowMs: number): void {
    for (const follower of this.#inOrder) {
      if (follower.untilMs > nowMs) return;
      this.#inOrder.delete(follower);
      const rooms = this.#byId.get(follower.id);
      rooms?.delete(follower.room.address);
      if (rooms?.size === 0) this.#byId.delete(follower.id);
    }
  }
}

import assert from "node:assert/strict";
import { offerStores } from "../../actors/rooms/offer-stores.ts";
import type { FindStore } from "../../actors/rooms/room-store.ts";
import { Rooms } from "../../actors/rooms/rooms.ts";
import type { OpenChannel } from "../../actors/rooms/rooms.ts";
import { ChannelProtocol } from "../../protocols/channel.ts";
import type { Publication, ServerFrame, ServerFrames } from "../../protocols/client-frames.ts";
import type { LiveRoomProtocol } from "../../protocols/live-room.ts";
import { OutletProtocol } from "../../protocols/outlet.ts";
import type { Reply } from "../../protocols/protocol.ts";
import type { AnyReference, Reference } from "../../protocols/reference.ts";
import type { RoomDirectoryProtocol } from "../../protocols/room-directory.ts";
import { RoomProtocol } from "../../protocols/room.ts";
import type { Position } from "../../protocols/room.ts";
import type { EntityType } from "../../runtime/sharding/entity-type.ts";
import { EntityWorld } from "./entity-world.ts";
import { POLICIES, ROOM_SETTINGS } from "./open-room.ts";
import { Probe } from "./probe.ts";
import { ScriptedJournal } from "./scripted-journal.ts";
import { SeededChance } from "./seeded-chance.ts";
import { TopicAir } from "./topic-air.ts";
import type { VirtualSystem } from "./virtual-system.ts";

/** How long the next process is away, so that it is another time when it begins, in milliseconds. */
const AWAY_MS = 1_000;

/** Longer than somebody waits who comes to a room that is on other nodes, too, in milliseconds. */
const LET_IN_MS = 200;

/** How a post ended: the offset that it was told, or the code of the refusal. */
export type PostEnd = number | string;

/** Rooms in virtual time, on a journal that does what the test wants, with a probe for everybody who listens. */
export class LiveRoomWorld {
  readonly virtual: VirtualSystem;
  readonly journal: ScriptedJournal;
  readonly entities: EntityType<LiveRoomProtocol>;
  readonly findStore: FindStore;
  readonly rooms: Reference<RoomDirectoryProtocol>;
  /** What goes between the nodes; undefined where there is but one. */
  readonly air: TopicAir | undefined;
  readonly #elsewhere: Reference<RoomDirectoryProtocol> | undefined;
  readonly #channels = new Map<string, Probe<ChannelProtocol>>();
  readonly #connections = new Map<string, AnyReference>();
  readonly #atMs: number;

  /** `isShared`: rooms of another node have the same entities. */
  constructor({ journal = new ScriptedJournal(), atMs = 0, isShared = false } = {}) {
    this.journal = journal;
    this.#atMs = atMs;
    const chance = new SeededChance(1);
    const { virtual, host } = new EntityWorld({ journal, random: () => chance.next() });
    this.virtual = virtual;
    virtual.clock.advance(atMs);
    const air = isShared ? new TopicAir() : undefined;
    this.air = air;
    const topics = air?.node(virtual.system);
    const { findStore } = offerStores({ settings: ROOM_SETTINGS, entities: host, topics });
    this.findStore = findStore;
    this.entities = host.type("live-room") as unknown as EntityType<LiveRoomProtocol>;
    this.rooms = this.#startRooms("rooms", findStore, (room) => this.channel(room));
    const there = air?.node(virtual.system);
    this.#elsewhere =
      there &&
      this.#startRooms(
        "elsewhere",
        (room) => {
          const store = findStore(room);
          return store && { ...store, everywhere: there.topic(room, RoomProtocol) };
        },
        (room) => this.channel(`${room} elsewhere`),
      );
  }

  /** The same room at another node, where nobody is. */
  async openElsewhere(room = "live/final"): Promise<Reference<RoomProtocol>> {
    assert.ok(this.#elsewhere, "nothing is shared");
    return this.open(room, this.#elsewhere);
  }

  #startRooms(
    name: string,
    findStore: FindStore,
    openChannel: OpenChannel,
  ): Reference<RoomDirectoryProtocol> {
    return this.virtual.system.spawn(Rooms, name, { settings: ROOM_SETTINGS, openChannel, findStore });
  }

  /** What a room has for everybody. */
  channel(room = "live/final"): Probe<ChannelProtocol> {
    const known = this.#channels.get(room) ?? new Probe(ChannelProtocol, room);
    this.#channels.set(room, known);
    return known;
  }

  /** All frames that a room has had for everybody, or for one who joined, since the last call. */
  frames(room?: string): ServerFrame[] {
    return this.channel(room)
      .takeTold()
      .flatMap((told) => (told.kind === "attach" ? told.first : told.kind === "publish" && told.frame))
      .filter((frame) => typeof frame === "object");
  }

  /** What was published since the last call. */
  heard(room?: string): Publication["data"][] {
    return this.frames(room).flatMap((frame) => (frame.kind === "publication" ? [frame.data] : []));
  }

  /** Opens a room, and lets it begin. */
  async open(room = "live/final", rooms = this.rooms): Promise<Reference<RoomProtocol>> {
    const opening = this.virtual.ask(rooms, { kind: "open", room });
    await this.virtual.settle();
    const opened = await opening;
    assert.ok(opened.kind === "opened");
    return opened.room;
  }

  /** Posts without waiting. The promise never rejects. */
  post(
    room: Reference<RoomProtocol>,
    data: unknown,
    more: { readonly facts?: Record<string, unknown>; readonly id?: string } = {},
  ): Promise<PostEnd> {
    const posting = this.virtual.ask(room, { kind: "post", from: "desk", data, ...more });
    return posting.then(endOf, (error: unknown) => codeOf(error));
  }

  /** Posts, and lets that come to rest. */
  async posted(...[room, data, more]: Parameters<LiveRoomWorld["post"]>): Promise<PostEnd> {
    const posting = this.post(room, data, more);
    await this.virtual.settle();
    return posting;
  }

  /** Lets somebody join, who has been there before if there is a position. */
  async join(
    room: Reference<RoomProtocol>,
    {
      id = "1",
      recover,
      channel,
      withinMs = LET_IN_MS,
    }: {
      readonly id?: string;
      readonly recover?: Position;
      readonly channel?: string;
      readonly withinMs?: number;
    } = {},
  ): Promise<ServerFrames["subscribed"]> {
    this.frames(channel);
    const joining = this.virtual.ask(room, {
      kind: "join",
      member: { id, name: id },
      outlet: new Probe(OutletProtocol, `/outlet/${id}`),
      connection: this.#connection(id),
      frameId: 1,
      ...(recover && { recover }),
    });
    if (this.air === undefined) await this.virtual.settle();
    else await this.virtual.advance(withinMs);
    await joining;
    const frame = this.frames(channel).find(({ kind }) => kind === "subscribed");
    assert.ok(frame?.kind === "subscribed", "nobody was subscribed");
    return frame;
  }

  #connection(id: string): AnyReference {
    const known = this.#connections.get(id) ?? this.virtual.spawn(`connection-${id}`);
    this.#connections.set(id, known);
    return known;
  }

  /** What the journal holds of a room. */
  async stored(room = "live/final"): Promise<Publication["data"][]> {
    const store = this.findStore(room);
    return ((await store?.read(1, 100_000)) ?? []).map(({ data }) => data);
  }

  /** The process is gone from one moment to the next, and another one begins on the same journal a little later. */
  killed(): LiveRoomWorld {
    this.journal.letGo();
    return new LiveRoomWorld({ journal: this.journal, atMs: this.#atMs + AWAY_MS });
  }
}

/** How many publications a live room has at hand. */
export const WINDOW = POLICIES.live.history.size;

function endOf(reply: Reply<RoomProtocol, "post">): PostEnd {
  return reply.kind === "published" ? reply.offset : reply.code;
}

function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error) return String(error.code);
  throw error;
}

import type { Facts, Member, Publication, ServerFrame, ServerFrames } from "../../protocols/client-frames.ts";
import type { Cancel, Clock } from "../time/clock.ts";
import { callSafely } from "./call-safely.ts";
import type { ReportError } from "./call-safely.ts";
import type { Refusal } from "./refusal.ts";
import type { Answer, Request } from "./requests.ts";
import {
  afterPublication,
  afterSubscribed,
  cutOff,
  joining,
  newPosition,
  recoverFrom,
} from "./room-position.ts";
import type { Gap, Step } from "./room-position.ts";
import { afterJoined, afterLeft, EMPTY_ROSTER } from "./roster.ts";
import type { Roster } from "./roster.ts";

/** Where a client stands with a room. */
export type RoomState =
  | { readonly kind: "away" }
  | { readonly kind: "joining" }
  | { readonly kind: "live" }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** What an application wants to hear of a room. Each publication comes at most once, in order; what is missing comes as a gap. */
export interface RoomHandlers {
  publication?(publication: Publication): void;
  gap?(gap: Gap): void;
  /** All facts that are known now. */
  facts?(facts: Facts): void;
  joined?(members: readonly Member[], count: number): void;
  left?(members: readonly Member[], count: number): void;
  /** Everybody present, after each change. Asking for it costs one request at each subscription. */
  presence?(roster: Roster): void;
  state?(state: RoomState): void;
}

/** What a room needs from its client. */
export interface RoomLink {
  readonly clock: Clock;
  readonly report: ReportError;
  readonly connected: boolean;
  request(request: Request): void;
}

/** The settings of one request. */
export interface RequestOptions {
  /** How long to wait for the answer, in milliseconds; 10 s unless given. */
  readonly timeoutMs?: number;
}

/** How long an answer is waited for unless the request says otherwise, in milliseconds. */
export const ANSWER_TIMEOUT_MS = 10_000;
/** Between two subscriptions of one room on one connection: a room that keeps skipping must not turn into a flood. */
const REJOIN_PAUSE_MS = 250;

type RoomFrame = Extract<ServerFrame, { readonly room: string }>;

/** One room as one client follows it. Got from `client.room`. */
export class Room {
  readonly id: string;
  readonly #link: RoomLink;
  #handlers: RoomHandlers | undefined;
  #position = newPosition();
  #state: RoomState = { kind: "away" };
  #roster: Roster = EMPTY_ROSTER;
  #facts: Facts = {};
  #stopRejoin: Cancel | undefined;
  /** Names the newest subscription; answers to older ones are void. */
  #turn = 0;

  constructor(id: string, link: RoomLink) {
    this.id = id;
    this.#link = link;
  }

  get state(): RoomState {
    return this.#state;
  }

  /** What the offsets belong to that were shown; undefined until the room has answered for the first time. */
  get epoch(): string | undefined {
    return this.#position.epoch;
  }

  /** Follows the room until `leave`, across reconnects. Called again, it replaces the handlers. */
  subscribe(handlers: RoomHandlers): void {
    const first = this.#handlers === undefined;
    this.#handlers = handlers;
    if (first && this.#link.connected) this.#join();
  }

  /** Stops following; the room is forgotten, and a later `subscribe` begins as a newcomer. */
  leave(): void {
    if (this.#handlers === undefined) return;
    this.disconnected();
    this.#handlers = undefined;
    this.#position = newPosition();
    this.#facts = {};
    if (!this.#link.connected) return;
    this.#link.request({
      frame: (id) => ({ kind: "unsubscribe", id, room: this.id }),
      timeoutMs: ANSWER_TIMEOUT_MS,
      answered: ignore,
      failed: ignore,
    });
  }

  /**
   * Says something in the room; resolves once it has its place in the room's order. A room may want that one follows it.
   * Sent at most once: nothing is repeated behind the application's back.
   * @throws Refusal whose `outcome` says whether it may nevertheless have been published
   */
  publish(
    data: unknown,
    { timeoutMs = ANSWER_TIMEOUT_MS }: RequestOptions = {},
  ): Promise<{ offset: number }> {
    return new Promise((resolve, reject) =>
      this.#link.request({
        frame: (id) => ({ kind: "publish", id, room: this.id, data }),
        timeoutMs,
        answered: (answer) => resolve({ offset: (answer as ServerFrames["published"]).offset }),
        failed: reject,
      }),
    );
  }

  /**
   * Asks who is present.
   * @throws Refusal
   */
  presence({ timeoutMs = ANSWER_TIMEOUT_MS }: RequestOptions = {}): Promise<Roster> {
    return new Promise((resolve, reject) =>
      this.#link.request({
        frame: (id) => ({ kind: "presence", id, room: this.id }),
        timeoutMs,
        answered: (answer) => resolve(rosterOf(answer)),
        failed: reject,
      }),
    );
  }

  /** For the client: the session is open. */
  connected(): void {
    if (this.#handlers !== undefined) this.#join();
  }

  /** For the client: the session has no connection any more. */
  disconnected(): void {
    this.#turn++;
    this.#stopRejoin?.();
    this.#stopRejoin = undefined;
    this.#position = cutOff(this.#position);
    this.#enter({ kind: "away" });
  }

  /** For the client: a frame about this room that answers nothing. */
  received(frame: RoomFrame): void {
    if (this.#handlers === undefined) return;
    switch (frame.kind) {
      case "publication":
        return this.#take(afterPublication(this.#position, frame), 0);
      case "joined":
        this.#know(afterJoined(this.#roster, frame.members, frame.count));
        return this.#call((handlers) => handlers.joined?.(frame.members, frame.count));
      case "left":
        this.#know(afterLeft(this.#roster, frame.members, frame.count));
        return this.#call((handlers) => handlers.left?.(frame.members, frame.count));
      case "skipped":
      case "unsubscribed":
        return this.#rejoin(REJOIN_PAUSE_MS);
      case "subscribed":
      case "presence":
      // The late answer to a request that nobody waits for any more.
    }
  }

  #join(): void {
    const turn = ++this.#turn;
    const recover = recoverFrom(this.#position);
    this.#position = joining(this.#position);
    this.#enter({ kind: "joining" });
    this.#link.request({
      frame: (id) => ({ kind: "subscribe", id, room: this.id, ...(recover && { recover }) }),
      timeoutMs: ANSWER_TIMEOUT_MS,
      answered: (answer) => {
        if (turn === this.#turn && answer.kind === "subscribed") this.#subscribed(answer);
      },
      failed: (refusal) => {
        if (turn === this.#turn) this.#refused(refusal);
      },
    });
  }

  /** Joins again a little later; until then publications are kept back. */
  #rejoin(pauseMs: number): void {
    this.#turn++;
    this.#position = joining(this.#position);
    this.#stopRejoin ??= this.#link.clock.after(pauseMs, () => {
      this.#stopRejoin = undefined;
      this.#join();
    });
  }

  #subscribed(subscribed: ServerFrames["subscribed"]): void {
    this.#enter({ kind: "live" });
    if (subscribed.facts !== undefined) this.#learn(subscribed.facts);
    this.#know({ count: subscribed.members, members: this.#roster.members });
    this.#take(afterSubscribed(this.#position, subscribed), subscribed.offset);
    if (this.#handlers?.presence === undefined) return;
    void this.presence().then((roster) => this.#know(roster), ignore);
  }

  #refused(refusal: Refusal): void {
    if (refusal.outcome === "refused") this.#enter({ kind: "refused", refusal });
    if (refusal.code === "timeout") this.#rejoin(REJOIN_PAUSE_MS);
    else if (refusal.retryAfterMs !== undefined) this.#rejoin(refusal.retryAfterMs);
  }

  /** @param factsUpTo facts up to this offset are known already */
  #take(step: Step, factsUpTo: number): void {
    this.#position = step.position;
    for (const sight of step.sights) {
      if (sight.kind === "gap") this.#call((handlers) => handlers.gap?.(sight.gap));
      else this.#show(sight.publication, factsUpTo);
    }
    if (step.recover) this.#rejoin(REJOIN_PAUSE_MS);
  }

  #show(publication: Publication, factsUpTo: number): void {
    this.#call((handlers) => handlers.publication?.(publication));
    if (publication.facts === undefined || publication.offset <= factsUpTo) return;
    this.#learn({ ...this.#facts, ...publication.facts });
  }

  #learn(facts: Facts): void {
    this.#facts = facts;
    this.#call((handlers) => handlers.facts?.(facts));
  }

  #know(roster: Roster): void {
    this.#roster = roster;
    this.#call((handlers) => handlers.presence?.(roster));
  }

  #enter(state: RoomState): void {
    this.#state = state;
    this.#call((handlers) => handlers.state?.(state));
  }

  #call(call: (handlers: RoomHandlers) => void): void {
    const handlers = this.#handlers;
    if (handlers !== undefined) callSafely(() => call(handlers), this.#link.report);
  }
}

function rosterOf(answer: Answer): Roster {
  const { count, members } = answer as ServerFrames["presence"];
  return { count, members: members ?? [] };
}

function ignore(): void {}

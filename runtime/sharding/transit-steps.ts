import { passOverFault } from "../fault.ts";
import type { ActorSystem } from "../kernel/actor-system.ts";
import { Deadline } from "../time/deadlines.ts";
import type { Mail } from "../remote/post.ts";
import type { Remote } from "../remote/remote.ts";
import type { Acquired, Claims } from "./claims.ts";
import type { EntityMail } from "./entity-mail.ts";
import type { Ownership } from "./ownership.ts";
import { Place } from "./place.ts";
import type { Routes } from "./routes.ts";
import type { Foreign, Incoming, Transit } from "./transit.ts";
import type { Transits } from "./transits.ts";
import type { TurnedAway } from "./turned-away.ts";

/** After so many failures to find an entity the store is asked who owns it. */
const ASK_STORE_AFTER = 2;
/** The pause before a try, doubled with each; in milliseconds. */
const PAUSE_MS = 5;
const PAUSE_MAX_MS = 500;
/** By how much of itself a pause is longer at most, and over how long those are spread who have waited for the same; in milliseconds. */
const JITTER = 0.5;
const SPREAD_MS = 250;
/** How soon it is tried again to send what a transport would not take, in milliseconds. */
const BUSY_PAUSE_MS = 20;

/** Where entities belong, and which of them may be here, as far as this node knows. */
export interface Whereabouts {
  readonly self: string;
  /** The node to which an entity belongs; undefined when there is none. */
  home(transit: Pick<Transit, "key" | "type">): string | undefined;
  /** Whether this node may take entities of this type now. */
  mayTake(transit: Pick<Transit, "type">): boolean;
  isAlive(incarnation: string): boolean;
  /** Whether it lives and has not given everything away. */
  mayOwn(incarnation: string): boolean;
}

/** What steps are made of. */
export interface TransitStepsParts {
  readonly system: ActorSystem;
  readonly remote: Remote;
  readonly claims: Claims;
  readonly ownership: Ownership;
  readonly transits: Transits;
  readonly routes: Routes;
  readonly turnedAway: TurnedAway;
  readonly mail: EntityMail;
  readonly where: Whereabouts;
}

/** Brings what waits for an entity to it: finds out where it is, takes it if it should be here, or sends on what waits. */
export class TransitSteps {
  readonly #parts: TransitStepsParts;

  constructor(parts: TransitStepsParts) {
    this.#parts = parts;
  }

  /** Does what can be done now. To be called whenever something has changed for this entity. */
  advance(transit: Transit): void {
    if (transit.work !== "none" || transit.incoming?.isComplete === false) return;
    const place = transit.type.present(transit.id);
    if (place?.isLeaving === true) return this.#pause(transit, BUSY_PAUSE_MS);
    if (place !== undefined) return this.#arrive(transit, place);
    if (transit.incoming !== undefined) return this.#takeOver(transit, transit.incoming);
    if (transit.isDone) return this.#parts.transits.close(transit);
    if (transit.isComplete) this.#seek(transit);
  }

  /** It is not here: finds out where it is. */
  #seek(transit: Transit): void {
    const { where } = this.#parts;
    // What was in its mailbox goes nowhere without it.
    if (transit.kept.length > 0) return this.#claimBack(transit);
    if (transit.pauseMs > 0) return this.#pause(transit, transit.pauseMs);
    const target = this.#target(transit);
    if (target.from === "home" && transit.isOnlyWatched) {
      this.refuseAll(transit);
      return this.advance(transit);
    }
    const isDoubtful = target.from === "home" && triesOf(transit) >= ASK_STORE_AFTER;
    if (target.node === where.self || (isDoubtful && where.mayTake(transit))) return this.#claim(transit);
    if (isDoubtful) return this.#lookUp(transit);
    if (target.node === undefined) return this.#later(transit);
    this.#forward(transit, target.node);
  }

  /** Sends a letter back to its node, and all that follow until that node knows. */
  turnAway({ from, letter }: Foreign, key: string, at: string | undefined): void {
    const { turnedAway, remote, mail } = this.#parts;
    if (!turnedAway.add(from, key)) return mail.refuseForeign({ from, letter }, "entityMoving", "unroutable");
    remote.sending.sendSurely(from, { kind: "notHere", letter, at });
  }

  /** What waits is not taken by anybody. */
  refuseAll(transit: Transit, code: "entityMoving" | "entitiesFull" | "fenced" = "entityMoving"): void {
    const { mail } = this.#parts;
    this.#refuseMailbox(transit, code);
    for (const own of transit.takeOwn()) mail.refuse(transit.key, own, code, "unroutable");
    for (const foreign of transit.takeForeign()) mail.refuseForeign(foreign, code, "unroutable");
  }

  /** Somebody else has the entity, and what its senders have said since may be there before this. */
  #refuseMailbox(transit: Transit, code: "entityMoving" | "entitiesFull" | "fenced"): void {
    const { mail } = this.#parts;
    for (const foreign of transit.takeIncoming()) mail.refuseForeign(foreign, code, "unroutable");
    for (const kept of transit.takeKept()) mail.refuse(transit.key, kept, code, "unroutable");
  }

  /** The entity is in memory here: what waits goes to it. */
  #arrive(transit: Transit, place: Place): void {
    const { mail, routes, remote, transits, where } = this.#parts;
    for (const foreign of transit.takeIncoming()) mail.giveForeign(transit, foreign);
    for (const kept of transit.takeKept()) mail.give(transit, kept);
    for (const foreign of transit.takeForeign()) mail.giveForeign(transit, foreign);
    const before = routes.get(transit.key);
    routes.delete(transit.key);
    if (before !== undefined && where.isAlive(before) && !transit.awaits(before)) {
      transit.await(before);
      remote.sending.sendSurely(before, { kind: "mark", to: transit.key });
    }
    place.isDetoured = transit.isPending;
    if (place.isDetoured) return;
    for (const own of transit.takeOwn()) mail.give(transit, own);
    if (transit.isDone) transits.close(transit);
  }

  #target(transit: Transit): { readonly node: string | undefined; readonly from: "hint" | "home" } {
    const { where } = this.#parts;
    const { hint } = transit;
    transit.hint = undefined;
    if (hint !== undefined && hint !== where.self && where.mayOwn(hint)) return { node: hint, from: "hint" };
    return { node: where.home(transit), from: "home" };
  }

  #claim(transit: Transit): void {
    this.#await(transit, this.#parts.claims.acquire(transit.entity), (acquired) =>
      this.#acquired(transit, acquired),
    );
  }

  /** It has stopped here to go to another node, and that came to nothing. */
  #claimBack(transit: Transit): void {
    this.#await(transit, this.#parts.claims.acquire(transit.entity), (acquired) => {
      if (acquired.kind === "elsewhere") this.#refuseMailbox(transit, "entityMoving");
      this.#acquired(transit, acquired);
    });
  }

  #takeOver(transit: Transit, incoming: Incoming): void {
    const taken = this.#parts.claims.takeOver(transit.entity, incoming.owner);
    this.#await(transit, taken, (acquired) => {
      if (acquired.kind === "elsewhere") this.#refuseMailbox(transit, "entityMoving");
      this.#acquired(transit, acquired);
    });
  }

  #acquired(transit: Transit, acquired: Acquired): void {
    const { where, transits, claims } = this.#parts;
    if (transits.get(transit.key) !== transit) {
      // Nobody waits for it any more.
      if (acquired.kind === "acquired") claims.release(transit.entity).catch(passOverFault);
      return;
    }
    if (acquired.kind === "elsewhere") {
      // One that has given everything away, and owns this all the same, is about to end.
      if (!where.mayOwn(acquired.by.incarnation)) return this.#later(transit);
      transit.hint = acquired.by.incarnation;
      transit.tries = 0;
      return this.advance(transit);
    }
    if (acquired.kind === "later") {
      return this.advanceSoon(transit, Math.min(acquired.afterMs, PAUSE_MAX_MS));
    }
    // With its mailbox it comes here first also where it cannot stay: from here it goes on like any other.
    if (!transit.hasMailbox && !where.mayTake(transit)) return this.#giveUp(transit);
    if (transit.type.present(transit.id) === undefined) {
      const place = transit.type.place(transit.id);
      if (!(place instanceof Place)) {
        this.refuseAll(transit, "entitiesFull");
        return this.#giveUp(transit);
      }
    }
    this.advance(transit);
  }

  /** This node owns it and may not keep it: somebody else takes it. */
  #giveUp(transit: Transit): void {
    const released = this.#parts.claims.release(transit.entity);
    this.#await(transit, released, () => this.#later(transit));
  }

  #lookUp(transit: Transit): void {
    const { ownership, where } = this.#parts;
    this.#await(transit, ownership.lookup(transit.entity), (owner) => {
      transit.tries = 0;
      if (owner?.incarnation === where.self) return this.#claim(transit);
      transit.hint = owner?.incarnation;
      const target = this.#target(transit).node;
      if (target === undefined || target === where.self) this.#later(transit);
      else this.#forward(transit, target);
    });
  }

  #forward(transit: Transit, target: string): void {
    for (const foreign of transit.takeForeign()) this.turnAway(foreign, transit.key, target);
    if (transit.isPending) return;
    const { routes, transits } = this.#parts;
    // What was sent there before must not be overtaken.
    const to = routes.get(transit.key) ?? target;
    const own = transit.takeOwn();
    const left = this.#sendAll(transit.key, to, own);
    if (left.length > 0) {
      transit.returned = left;
      transit.hint = to;
      return this.#pause(transit, BUSY_PAUSE_MS);
    }
    if (transit.isDone) transits.close(transit);
  }

  /** Answers those that could not be sent now. */
  #sendAll(key: string, to: string, mails: readonly Mail[]): Mail[] {
    const { routes, remote } = this.#parts;
    for (const [index, mail] of mails.entries()) {
      if ("ask" in mail && mail.ask?.settled === true) continue;
      if (!routes.set(key, to) || remote.post.send(to, key, mail) === "busy") return mails.slice(index);
    }
    return [];
  }

  #later(transit: Transit): void {
    transit.tries++;
    this.#pause(transit, pauseMs(transit.tries) * (1 + this.#parts.system.random() * JITTER));
  }

  /** Very many wait for the same moment, such as the end of a barrier: they do not all ask the store at once. */
  advanceSoon(transit: Transit, afterMs = 0): void {
    if (transit.work === "none") this.#pause(transit, afterMs + this.#parts.system.random() * SPREAD_MS);
  }

  #pause(transit: Transit, durationMs: number): void {
    transit.work = "pausing";
    transit.pauseMs = 0;
    const end = (): void => {
      if (transit.work !== "pausing") return;
      transit.work = "none";
      this.advance(transit);
    };
    this.#parts.system.deadlines.add(new Pause(end), durationMs);
  }

  /** Something is asked for; what fails because of the store is tried again. */
  #await<T>(transit: Transit, answer: Promise<T>, then: (answer: T) => void): void {
    transit.work = "asking";
    answer.then(
      (value) => {
        transit.work = "none";
        then(value);
      },
      (error: unknown) => {
        transit.work = "none";
        this.#later(transit);
        passOverFault(error);
      },
    );
  }
}

/** How long to wait before the next try. */
export function pauseMs(tries: number): number {
  return Math.min(PAUSE_MAX_MS, PAUSE_MS * 2 ** Math.min(tries, 10));
}

/** How often the entity was not where somebody sought it. */
function triesOf(transit: Transit): number {
  const hops = [...transit.returned, ...transit.fresh, ...transit.foreign.map(({ letter }) => letter)];
  return hops.reduce((most, { hops: count = 0 }) => Math.max(most, count), transit.tries);
}

class Pause extends Deadline {
  readonly #task: () => void;

  constructor(task: () => void) {
    super();
    this.#task = task;
  }

  expire(): void {
    this.#task();
  }
}

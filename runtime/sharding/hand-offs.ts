import type { TaggedMessage } from "../../protocols/protocol.ts";
import { Ask } from "../kernel/ask.ts";
import type { Cell } from "../kernel/cell.ts";
import type { Mail } from "../remote/post.ts";
import type { EntityHost } from "./entity-host.ts";
import type { EntityOwner } from "./ownership.ts";
import type { Place } from "./place.ts";
import type { Transit } from "./transit.ts";
import type { TransitSteps, TransitStepsParts } from "./transit-steps.ts";

/** Entities that are given to other nodes at a time. */
const MOVES_AT_A_TIME = 64;
/** Entities that are looked at in one go, then the event loop has its turn. */
const LOOKS_AT_A_TIME = 500;
/** The pause after each go, in milliseconds. */
const LOOK_PAUSE_MS = 2;
/** How soon it is tried again to send what a transport would not take, in milliseconds. */
const BUSY_PAUSE_MS = 20;
/** In place of the mail of an entity that is being sent. */
const SENT: readonly Mail[] = [];

/** What hand-offs are made of. */
export interface HandOffsParts extends Omit<TransitStepsParts, "ownership" | "turnedAway"> {
  readonly entities: EntityHost;
  readonly steps: TransitSteps;
}

/** Gives entities to the nodes to which they belong: each finishes what it has begun, then the other node gets its mail and takes its place. */
export class HandOffs {
  readonly #parts: HandOffsParts;
  /** The mail of those that are ending here. */
  readonly #leaving = new Map<string, readonly Mail[]>();
  #looks: Place[] = [];
  #isLooking = false;
  #isClosed = false;

  constructor(parts: HandOffsParts) {
    this.#parts = parts;
  }

  /** How many are under way. */
  get size(): number {
    return this.#leaving.size;
  }

  /** Looks through all entities in memory, and gives away those that belong elsewhere, a few at a time. */
  rebalance(): void {
    this.#looks = this.#parts.entities.types().flatMap((type) => type.all());
    if (!this.#isLooking) this.#look();
  }

  /** Whatever was to go elsewhere stays nowhere: whoever waits for it is told. */
  close(): void {
    this.#isClosed = true;
    this.#looks = [];
    for (const [key, mail] of this.#leaving) {
      for (const lost of mail) this.#parts.mail.refuse(key, lost, "entityMoving", "unroutable");
    }
    this.#leaving.clear();
  }

  /** An entity has left memory. Answers whether it did so to go to another node. */
  left(transit: Transit): boolean {
    const mail = this.#leaving.get(transit.key);
    if (mail === undefined) return false;
    this.#leaving.set(transit.key, SENT);
    void this.#give(transit, mail);
    return true;
  }

  #look(): void {
    this.#isLooking = false;
    for (let looks = 0; looks < LOOKS_AT_A_TIME && this.#leaving.size < MOVES_AT_A_TIME; looks++) {
      const place = this.#looks.pop();
      if (place === undefined) return;
      this.#consider(place);
    }
    if (this.#looks.length === 0 || this.#isClosed) return;
    this.#isLooking = true;
    this.#parts.system.clock.after(LOOK_PAUSE_MS, () => this.#look());
  }

  #consider(place: Place): void {
    const { where, transits, entities } = this.#parts;
    const type = entities.type(place.address.type);
    if (type === undefined) return;
    const wanted = { type, key: place.reference.address };
    const home = where.home(wanted);
    if (place.isLeaving || home === where.self) return;
    // Nobody else can take it, and this node must not keep it: it is there again when somebody can.
    if (home === undefined) return where.mayTake(wanted) ? undefined : place.cell?.stop();
    if (place.isIdle) return place.leave();
    const transit = transits.get(wanted.key) ?? transits.open(type, place.address.id);
    if (transit !== undefined && place.cell !== undefined) this.#begin(transit, place.cell);
  }

  #begin(transit: Transit, cell: Cell): void {
    if (transit.work !== "none" || transit.incoming !== undefined) return;
    const { type, key } = transit;
    transit.work = "handing";
    this.#leaving.set(
      key,
      takeMail(cell, (message, ask) => this.#parts.mail.of(type, message, ask)),
    );
    cell.stop();
  }

  /** Its last turn is over and stored: the mail goes ahead of the right to take its place. */
  async #give(transit: Transit, mail: readonly Mail[]): Promise<void> {
    const { claims, where } = this.#parts;
    const owner = claims.owned(transit.entity);
    const to = where.home(transit);
    if (owner === undefined || to === undefined || to === where.self || this.#isClosed) {
      transit.kept.unshift(...mail);
      return this.#end(transit);
    }
    const left = await this.#send(transit, { to, owner }, mail);
    claims.drop(transit.entity);
    // A route to a node that has ended meanwhile would be there for ever.
    if (where.isAlive(to)) this.#parts.routes.set(transit.key, to);
    transit.hint = to;
    for (const lost of left) this.#parts.mail.refuse(transit.key, lost, "nodeLost", "nodeLost");
    this.#end(transit);
  }

  /** Answers what could not be sent, because that node is gone. */
  async #send(
    { key }: Transit,
    { to, owner }: { readonly to: string; readonly owner: EntityOwner },
    mail: readonly Mail[],
  ): Promise<readonly Mail[]> {
    const { remote } = this.#parts;
    const { ownerEpoch, incarnation } = owner;
    remote.sending.sendSurely(to, { kind: "handOff", to: key, ownerEpoch, incarnation });
    for (const [index, letter] of mail.entries()) {
      const handed = "watch" in letter || "wake" in letter ? letter : { ...letter, isHanded: true };
      while (remote.post.send(to, key, handed) === "busy") {
        if (this.#isClosed || !this.#parts.where.isAlive(to)) return mail.slice(index);
        await new Promise<void>((resolve) => this.#parts.system.clock.after(BUSY_PAUSE_MS, resolve));
      }
    }
    remote.sending.sendSurely(to, { kind: "handed", to: key });
    return [];
  }

  #end(transit: Transit): void {
    this.#leaving.delete(transit.key);
    transit.work = "none";
    if (!this.#isLooking && this.#looks.length > 0) this.#look();
    this.#parts.steps.advance(transit);
  }
}

/** Takes what waits in a mailbox out of it, with the questions that stand open for it. */
function takeMail(cell: Cell, mailOf: (message: TaggedMessage, ask: Ask | undefined) => Mail): Mail[] {
  const mail: Mail[] = [];
  for (let letter = cell.mailbox.shift(); letter !== undefined; letter = cell.mailbox.shift()) {
    const ask = letter.origin instanceof Ask ? letter.origin : undefined;
    if (ask?.settled === true) continue;
    if (ask !== undefined) cell.forgetAsk(ask);
    mail.push(mailOf(letter.message, ask));
  }
  return mail;
}

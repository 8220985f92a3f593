import type { AnyReference } from "../../protocols/reference.ts";
import type { Letter } from "../codec/parcel.ts";
import { entityKey, parseEntityText } from "../persistence/entity-address.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import type { Mail } from "../remote/post.ts";
import type { EntityDoor, PlaceParcel } from "../remote/remote.ts";
import type { EntityHost } from "./entity-host.ts";
import type { EntityType } from "./entity-type.ts";
import type { MemberMap } from "./member-map.ts";
import type { Foreign, Transit } from "./transit.ts";
import { pauseMs } from "./transit-steps.ts";
import type { TransitSteps, TransitStepsParts } from "./transit-steps.ts";

/** How long a node that has given its entities away hears the others out, in milliseconds; and how often it looks. */
const PART_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 50;

/** What a door is made of. */
export interface RegionDoorParts extends Pick<
  TransitStepsParts,
  "system" | "remote" | "ownership" | "transits" | "routes" | "turnedAway" | "mail"
> {
  readonly entities: EntityHost;
  readonly where: MemberMap;
  readonly steps: TransitSteps;
}

interface Wanted {
  readonly type: EntityType;
  readonly id: string;
  readonly key: string;
}

/** Takes what other nodes send for entities, and what they say of where these are. */
export class RegionDoor implements EntityDoor {
  readonly #parts: RegionDoorParts;
  /** Nodes that may still send something for entities of this one, which has none any more. */
  readonly #unparted = new Set<string>();
  #isClosed = false;

  constructor(parts: RegionDoorParts) {
    this.#parts = parts;
  }

  reference({ type, id }: EntityAddress): AnyReference | undefined {
    return this.#parts.entities.type(type)?.entity(id);
  }

  letter(from: string, letter: Letter): void {
    const wanted = this.#wanted(letter.to);
    if (wanted === undefined) {
      const refusal = { code: "unknownEntity", text: "this node knows no entities of that type" };
      return this.#parts.remote.notUnderstood(from, letter, refusal);
    }
    if (letter.isHanded) return this.#handed({ from, letter });
    this.#take(wanted, { from, letter });
  }

  adopted(from: string, letter: Letter): void {
    const wanted = this.#wanted(letter.to);
    if (wanted === undefined) return;
    const mail = this.#parts.mail.adopt(wanted, { from, letter });
    if (mail === undefined || !("delivery" in mail) || mail.delivery === undefined) return;
    const { receipt, acknowledge } = mail.delivery;
    wanted.type.deliver(wanted.id, mail.message as never, receipt, acknowledge);
  }

  place(from: string, parcel: PlaceParcel): void {
    if (parcel.kind === "drained") return this.#othersParts(from);
    if (parcel.kind === "parted") return void this.#unparted.delete(from);
    this.#placeOf(from, parcel);
  }

  #placeOf(from: string, parcel: Exclude<PlaceParcel, { readonly kind: "drained" | "parted" }>): void {
    const to = parcel.kind === "notHere" ? parcel.letter.to : parcel.to;
    const wanted = this.#wanted(to);
    if (wanted === undefined) return;
    const { sending } = this.#parts.remote;
    switch (parcel.kind) {
      case "mark":
        this.#giveBack(from, to);
        return sending.sendSurely(from, { kind: "marked", to });
      case "marked":
        return this.#marked(from, to);
      case "notHere":
        return this.#returned(wanted, from, parcel);
      case "handOff": {
        const { ownerEpoch, incarnation } = parcel;
        // The entity is somebody else's by now, who may have handled what its senders have said since: its mail is refused.
        if (this.#parts.where.hasEnded(from)) return;
        const transit = this.#parts.transits.get(to) ?? this.#parts.transits.open(wanted.type, wanted.id);
        if (transit === undefined) return;
        transit.incoming = { from, owner: { ownerEpoch, incarnation }, mail: [], isComplete: false };
        return;
      }
      case "handed":
        return this.complete(this.#parts.transits.get(to), from);
    }
  }

  #take({ type, id, key }: Wanted, foreign: Foreign): void {
    if (this.#parts.turnedAway.has(foreign.from, key)) {
      return this.#parts.steps.turnAway(foreign, key, undefined);
    }
    const place = type.present(id);
    const transit = this.#parts.transits.get(key);
    const isBusy = transit !== undefined && (transit.work !== "none" || transit.incoming !== undefined);
    if (place !== undefined && !place.isLeaving && !isBusy) {
      return this.#parts.mail.giveForeign({ type, id }, foreign);
    }
    if (foreign.letter.kind === "watch" && transit === undefined) {
      return void this.#watch({ type, id, key }, foreign);
    }
    const open = transit ?? this.#parts.transits.open(type, id);
    if (open === undefined || !open.hasRoom) {
      return this.#parts.mail.refuseForeign(foreign, "mailboxFull", "mailboxFull");
    }
    open.foreign.push(foreign);
    this.#parts.steps.advance(open);
  }

  /** Nobody is here to be watched: whoever owns the entity may have it in memory. */
  async #watch(wanted: Wanted, foreign: Foreign): Promise<void> {
    const { mail, ownership, steps, where } = this.#parts;
    const { type, id, key } = wanted;
    const entity = { type: type.type, id };
    const at = await ownership.lookup(entity).then(
      (owner) => owner?.incarnation,
      () => undefined,
    );
    const isElsewhere = at !== undefined && at !== where.self && where.mayOwn(at);
    if (isElsewhere && type.present(id) === undefined) steps.turnAway(foreign, key, at);
    else mail.giveForeign(wanted, foreign);
  }

  #handed(foreign: Foreign): void {
    const incoming = this.#parts.transits.get(foreign.letter.to)?.incoming;
    if (incoming?.from === foreign.from && !incoming.isComplete) incoming.mail.push(foreign);
    else this.#parts.mail.refuseForeign(foreign, "entityMoving", "unroutable");
  }

  /** All of the mail of an entity that is given to this node is here. */
  complete(transit: Transit | undefined, from: string): void {
    if (transit?.incoming?.from !== from) return;
    transit.incoming.isComplete = true;
    this.#parts.steps.advance(transit);
  }

  #returned(
    { type, id, key }: Wanted,
    from: string,
    { letter, at }: Extract<PlaceParcel, { readonly kind: "notHere" }>,
  ): void {
    const { remote } = this.#parts;
    if (this.#parts.routes.get(key) === from) this.#parts.routes.delete(key);
    const mail = remote.post.takeBack(letter, type.kind.definition.protocol as never);
    // What a node has said before its death may be read after it. What was said since has gone elsewhere, and must not be overtaken.
    if (!this.#parts.where.isAlive(from)) {
      if (mail !== undefined) this.#parts.mail.refuse(key, mail, "nodeLost", "nodeLost");
      return;
    }
    const transit = this.#parts.transits.get(key) ?? this.#parts.transits.open(type, id);
    if (transit?.awaits(from) !== true) {
      transit?.await(from);
      remote.sending.sendSurely(from, { kind: "mark", to: key });
    }
    if (mail !== undefined) this.#comesBack(transit, mail, { key, at });
  }

  #comesBack(
    transit: Transit | undefined,
    mail: Mail,
    { key, at }: { readonly key: string; readonly at: string | undefined },
  ): void {
    if (transit?.hasRoom !== true) return this.#parts.mail.refuse(key, mail, "entityMoving", "unroutable");
    transit.returned.push(mail);
    transit.hint = at;
    const hops = mail.hops ?? 1;
    if (hops > 1) transit.pauseMs = pauseMs(hops);
  }

  /** A node wants back whatever of it waits here: after that, nothing that it sends is turned away. */
  #giveBack(from: string, key: string): void {
    const { remote, transits, turnedAway } = this.#parts;
    const transit = transits.get(key);
    for (const { from: sender, letter } of transit?.foreign ?? []) {
      if (sender === from) remote.sending.sendSurely(from, { kind: "notHere", letter, at: undefined });
    }
    if (transit !== undefined) transit.foreign = transit.foreign.filter((foreign) => foreign.from !== from);
    turnedAway.delete(from, key);
  }

  #marked(from: string, key: string): void {
    const transit = this.#parts.transits.get(key);
    if (transit?.hasHeard(from) === true) this.#parts.steps.advance(transit);
  }

  /** That node has ended: nothing more comes from there, and nothing comes back. */
  nodeEnded(incarnation: string): void {
    const { routes, transits, turnedAway } = this.#parts;
    routes.nodeEnded(incarnation);
    turnedAway.nodeEnded(incarnation);
    this.#unparted.delete(incarnation);
    for (const transit of transits.all()) {
      transit.hasHeard(incarnation);
      // What has come of its mail so far is all that will.
      this.complete(transit, incarnation);
    }
  }

  /** This node has no entities any more. What others have sent here and not seen come back would be lost with it: they are told to send elsewhere, and heard out. */
  async part(): Promise<void> {
    const { remote, system, transits } = this.#parts;
    const untilMs = system.clock.nowMs() + PART_WITHIN_MS;
    for (const node of this.#parts.where.others()) {
      this.#unparted.add(node);
      remote.sending.sendSurely(node, { kind: "drained" });
    }
    const isOpen = (): boolean => this.#unparted.size > 0 || transits.size > 0 || remote.counts.questions > 0;
    while (isOpen() && !this.#isClosed && system.clock.nowMs() < untilMs) {
      await new Promise<void>((resolve) => system.clock.after(LOOK_EVERY_MS, resolve));
    }
  }

  /** That node has no entities any more. What was sent there comes back, and goes elsewhere before what follows. */
  #othersParts(from: string): void {
    const { sending } = this.#parts.remote;
    this.#parts.where.drained(from);
    for (const key of this.#parts.routes.to(from)) {
      const wanted = this.#wanted(key);
      this.#parts.routes.delete(key);
      const transit =
        wanted && (this.#parts.transits.get(key) ?? this.#parts.transits.open(wanted.type, wanted.id));
      if (transit === undefined || transit.awaits(from)) continue;
      transit.await(from);
      sending.sendSurely(from, { kind: "mark", to: key });
    }
    sending.sendSurely(from, { kind: "parted" });
  }

  close(): void {
    this.#isClosed = true;
  }

  #wanted(text: string): Wanted | undefined {
    const entity = parseEntityText(text);
    const type = entity && this.#parts.entities.type(entity.type);
    return entity === undefined || type === undefined
      ? undefined
      : { type, id: entity.id, key: `entity:${entityKey(entity)}` };
  }
}

import { Packr } from "msgpackr";
import type { Letter, Parcel, WaitingActor } from "./parcel.ts";
import type { Said } from "./travel-codec.ts";

/** The kinds by number, in the order in which they were added; a number never changes its meaning. */
const KINDS = [
  "letter",
  "reply",
  "fault",
  "taken",
  "unwatch",
  "stopped",
  "notHere",
  "mark",
  "marked",
  "handOff",
  "handed",
  "drained",
  "parted",
] as const satisfies readonly Parcel["kind"][];
const LETTER_KINDS = [
  "tell",
  "ask",
  "deliver",
  "watch",
  "wake",
  "request",
] as const satisfies readonly Letter["kind"][];

/** Writes parcels as short lists and reads them back. What is said in them is not looked at here. */
export class ParcelCodec {
  readonly #packr = new Packr({ useRecords: false, variableMapSize: true, int64AsType: "number" });

  encode(parcel: Parcel): Uint8Array {
    const list: unknown[] = [KINDS.indexOf(parcel.kind)];
    (FORMS[parcel.kind] as Form<Parcel>).write(parcel, list);
    return this.#packr.pack(list);
  }

  /** Undefined when the bytes are no parcel that this node knows. Never throws. */
  decode(bytes: Uint8Array): Parcel | undefined {
    let list: unknown;
    try {
      list = this.#packr.unpack(bytes);
    } catch {
      return undefined;
    }
    if (!Array.isArray(list)) return undefined;
    const number: unknown = list[0];
    const kind = isCount(number) ? KINDS[number] : undefined;
    return kind === undefined ? undefined : FORMS[kind].read(list);
  }
}

/**
 * How the fields of a parcel are written behind the number of its kind, and read again if they are such. All of a parcel is one list that is read by index: to take
 * lists apart with `...` costs more than all the rest, and every message to another node comes through here.
 */
interface Form<P> {
  readonly write: (parcel: P, list: unknown[]) => void;
  readonly read: (list: readonly unknown[]) => P | undefined;
}

type Forms = { readonly [K in Parcel["kind"]]: Form<Extract<Parcel, { readonly kind: K }>> };

const FORMS: Forms = {
  letter: {
    write: ({ letter }, list) => writeLetter(letter, list),
    read(list) {
      const letter = letterOf(list, 1);
      return letter && { kind: "letter", letter };
    },
  },
  reply: {
    write({ id, said }, list) {
      list.push(id);
      writeSaid(said, list);
    },
    read(list) {
      const id = list[1];
      const said = saidOf(list, 2);
      return isCount(id) && said !== undefined ? { kind: "reply", id, said } : undefined;
    },
  },
  fault: {
    write: ({ id, code, details }, list) => void list.push(id, code, details),
    read: ([, id, code, details]) =>
      isCount(id) && typeof code === "string" ? { kind: "fault", id, code, details } : undefined,
  },
  taken: numbered("taken"),
  unwatch: numbered("unwatch"),
  stopped: numbered("stopped"),
  notHere: {
    write({ letter, at }, list) {
      list.push(at ?? null);
      writeLetter(letter, list);
    },
    read(list) {
      const at = list[1];
      const letter = letterOf(list, 2);
      if (letter === undefined || (at !== null && typeof at !== "string")) return undefined;
      return { kind: "notHere", letter, at: at ?? undefined };
    },
  },
  mark: addressed("mark"),
  marked: addressed("marked"),
  handOff: {
    write: ({ to, ownerEpoch, incarnation }, list) => void list.push(to, ownerEpoch, incarnation),
    read: ([, to, ownerEpoch, incarnation]) =>
      typeof to === "string" && isCount(ownerEpoch) && typeof incarnation === "string"
        ? { kind: "handOff", to, ownerEpoch, incarnation }
        : undefined,
  },
  handed: addressed("handed"),
  drained: { write: () => {}, read: () => ({ kind: "drained" }) },
  parted: { write: () => {}, read: () => ({ kind: "parted" }) },
};

function numbered<K extends "taken" | "unwatch" | "stopped">(
  kind: K,
): Form<{ readonly kind: K; readonly id: number }> {
  return {
    write: ({ id }, list) => void list.push(id),
    read: ([, id]) => (isCount(id) ? { kind, id } : undefined),
  };
}

function addressed<K extends "mark" | "marked" | "handed">(
  kind: K,
): Form<{ readonly kind: K; readonly to: string }> {
  return {
    write: ({ to }, list) => void list.push(to),
    read: ([, to]) => (typeof to === "string" ? { kind, to } : undefined),
  };
}

function writeSaid({ protocol, version, message }: Said, list: unknown[]): void {
  list.push(protocol, version, message);
}

function saidOf(list: readonly unknown[], at: number): Said | undefined {
  const protocol = list[at];
  const version = list[at + 1];
  return typeof protocol === "string" && isCount(version) && version >= 1
    ? { protocol, version, message: list[at + 2] }
    : undefined;
}

function writeLetter(letter: Letter, list: unknown[]): void {
  const { kind, to, hops, isHanded, said, id } = letter;
  list.push(LETTER_KINDS.indexOf(kind), to, hops, isHanded);
  if (said === undefined) return void list.push(id);
  writeSaid(said, list);
  if (kind === "ask" || kind === "request") {
    list.push(id, letter.withinMs, letter.chain);
    if (kind === "request") list.push(letter.request?.name, letter.request?.digest);
  } else if (kind !== "tell") list.push(id, letter.receipt?.sender, letter.receipt?.seq);
}

/** Where the parts of a letter stand, from its beginning; `END_AT` is what follows what is said. */
const SAID_AT = 4;
const END_AT = 7;

/** The letter that begins at this place of a list. */
function letterOf(list: readonly unknown[], at: number): Letter | undefined {
  const number = list[at];
  const to = list[at + 1];
  const hops = list[at + 2];
  const isHanded = list[at + 3];
  const kind = isCount(number) ? LETTER_KINDS[number] : undefined;
  if (kind === undefined || typeof to !== "string" || !isCount(hops) || typeof isHanded !== "boolean") {
    return undefined;
  }
  if (kind === "watch" || kind === "wake") {
    const id = list[at + SAID_AT];
    return isCount(id) ? { kind, to, hops, isHanded, id } : undefined;
  }
  const said = saidOf(list, at + SAID_AT);
  if (said === undefined) return undefined;
  if (kind === "tell") return { kind, to, hops, isHanded, said, id: 0 };
  const begun = { to, hops, isHanded, said };
  return READERS[kind](begun, list, at + END_AT);
}

/** What follows what is said, by kind. */
const READERS = { ask: questionOf, deliver: deliveryOf, request: requestOf } as const;

type Begun = Pick<Letter, "to" | "hops" | "isHanded"> & { readonly said: Said };

function questionOf(
  { to, hops, isHanded, said }: Begun,
  list: readonly unknown[],
  at: number,
): Letter | undefined {
  const id = list[at];
  const withinMs = list[at + 1];
  const chain = list[at + 2];
  if (!isCount(id) || typeof withinMs !== "number" || !isChain(chain)) return undefined;
  return { kind: "ask", to, hops, isHanded, said, id, withinMs, chain };
}

function requestOf(begun: Begun, list: readonly unknown[], at: number): Letter | undefined {
  const question = questionOf(begun, list, at);
  const name = list[at + 3];
  const digest = list[at + 4];
  if (question === undefined || typeof name !== "string" || typeof digest !== "string") return undefined;
  return { ...question, kind: "request", request: { name, digest } };
}

function deliveryOf(
  { to, hops, isHanded, said }: Begun,
  list: readonly unknown[],
  at: number,
): Letter | undefined {
  const id = list[at];
  const sender = list[at + 1];
  const seq = list[at + 2];
  if (!isCount(id) || typeof sender !== "string" || !isCount(seq)) return undefined;
  return { kind: "deliver", to, hops, isHanded, said, id, receipt: { sender, seq } };
}

function isChain(value: unknown): value is readonly WaitingActor[] {
  return (
    Array.isArray(value) &&
    value.every(
      (link: Partial<WaitingActor> | null) =>
        typeof link?.address === "string" && Number.isInteger(link.turn),
    )
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

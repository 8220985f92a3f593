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
const LETTER_KINDS = ["tell", "ask", "deliver", "watch", "wake"] as const satisfies readonly Letter["kind"][];

/** Writes parcels as short lists and reads them back. What is said in them is not looked at here. */
export class ParcelCodec {
  readonly #packr = new Packr({ useRecords: false, variableMapSize: true, int64AsType: "number" });

  encode(parcel: Parcel): Uint8Array {
    return this.#packr.pack([KINDS.indexOf(parcel.kind), ...listOf(parcel)]);
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
    const [kind, ...fields] = list as readonly unknown[];
    const name = isCount(kind) ? KINDS[kind] : undefined;
    return name === undefined ? undefined : parcelOf(name, fields);
  }
}

/** How the fields of a parcel are written, and read again if they are such. */
interface Form<P> {
  readonly write: (parcel: P) => readonly unknown[];
  readonly read: (fields: readonly unknown[]) => P | undefined;
}

type Forms = { readonly [K in Parcel["kind"]]: Form<Extract<Parcel, { readonly kind: K }>> };

const FORMS: Forms = {
  letter: {
    write: ({ letter }) => listOfLetter(letter),
    read: (fields) => wrapped(letterOf(fields), (letter) => ({ kind: "letter", letter })),
  },
  reply: {
    write: ({ id, said }) => [id, ...listOfSaid(said)],
    read: ([id, ...said]) =>
      isCount(id) ? wrapped(saidOf(said), (reply) => ({ kind: "reply", id, said: reply })) : undefined,
  },
  fault: {
    write: ({ id, code, details }) => [id, code, details],
    read: ([id, code, details]) =>
      isCount(id) && typeof code === "string" ? { kind: "fault", id, code, details } : undefined,
  },
  taken: numbered("taken"),
  unwatch: numbered("unwatch"),
  stopped: numbered("stopped"),
  notHere: {
    write: ({ letter, at }) => [at ?? null, ...listOfLetter(letter)],
    read: ([at, ...rest]) =>
      at === null || typeof at === "string"
        ? wrapped(letterOf(rest), (letter) => ({ kind: "notHere", letter, at: at ?? undefined }))
        : undefined,
  },
  mark: addressed("mark"),
  marked: addressed("marked"),
  handOff: {
    write: ({ to, ownerEpoch, incarnation }) => [to, ownerEpoch, incarnation],
    read: ([to, ownerEpoch, incarnation]) =>
      typeof to === "string" && isCount(ownerEpoch) && typeof incarnation === "string"
        ? { kind: "handOff", to, ownerEpoch, incarnation }
        : undefined,
  },
  handed: addressed("handed"),
  drained: { write: () => [], read: () => ({ kind: "drained" }) },
  parted: { write: () => [], read: () => ({ kind: "parted" }) },
};

function numbered<K extends "taken" | "unwatch" | "stopped">(
  kind: K,
): Form<{ readonly kind: K; readonly id: number }> {
  return { write: ({ id }) => [id], read: ([id]) => (isCount(id) ? { kind, id } : undefined) };
}

function addressed<K extends "mark" | "marked" | "handed">(
  kind: K,
): Form<{ readonly kind: K; readonly to: string }> {
  return { write: ({ to }) => [to], read: ([to]) => (typeof to === "string" ? { kind, to } : undefined) };
}

function listOf(parcel: Parcel): readonly unknown[] {
  return (FORMS[parcel.kind] as Form<Parcel>).write(parcel);
}

function parcelOf(kind: Parcel["kind"], fields: readonly unknown[]): Parcel | undefined {
  return FORMS[kind].read(fields);
}

function listOfSaid({ protocol, version, message }: Said): readonly unknown[] {
  return [protocol, version, message];
}

function listOfLetter(letter: Letter): readonly unknown[] {
  const { kind, to, hops, isHanded, said, id } = letter;
  const head = [LETTER_KINDS.indexOf(kind), to, hops, isHanded];
  if (said === undefined) return [...head, id];
  if (kind === "tell") return [...head, ...listOfSaid(said)];
  if (kind === "ask") return [...head, ...listOfSaid(said), id, letter.withinMs, letter.chain];
  return [...head, ...listOfSaid(said), id, letter.receipt?.sender, letter.receipt?.seq];
}

function wrapped<T, P>(part: T | undefined, wrap: (part: T) => P): P | undefined {
  return part === undefined ? undefined : wrap(part);
}

function letterOf(fields: readonly unknown[]): Letter | undefined {
  const [number, to, hops, isHanded, ...rest] = fields;
  const kind = isCount(number) ? LETTER_KINDS[number] : undefined;
  if (kind === undefined || typeof to !== "string" || !isCount(hops) || typeof isHanded !== "boolean") {
    return undefined;
  }
  const head = { to, hops, isHanded };
  if (kind === "watch" || kind === "wake") return bareOf({ ...head, kind }, rest[0]);
  const said = saidOf(rest);
  if (said === undefined) return undefined;
  if (kind === "tell") return { ...head, kind, said, id: 0 };
  return kind === "ask"
    ? questionOf({ ...head, kind, said }, rest)
    : deliveryOf({ ...head, kind, said }, rest);
}

function bareOf(begun: Pick<Letter, "kind" | "to" | "hops" | "isHanded">, id: unknown): Letter | undefined {
  return isCount(id) ? { ...begun, id } : undefined;
}

type Begun = Pick<Letter, "kind" | "to" | "hops" | "isHanded"> & { readonly said: Said };

function questionOf(begun: Begun, rest: readonly unknown[]): Letter | undefined {
  const [, , , id, withinMs, chain] = rest;
  if (!isCount(id) || typeof withinMs !== "number" || !isChain(chain)) return undefined;
  return { ...begun, id, withinMs, chain };
}

function deliveryOf(begun: Begun, rest: readonly unknown[]): Letter | undefined {
  const [, , , id, sender, seq] = rest;
  if (!isCount(id) || typeof sender !== "string" || !isCount(seq)) return undefined;
  return { ...begun, id, receipt: { sender, seq } };
}

function saidOf([protocol, version, message]: readonly unknown[]): Said | undefined {
  return typeof protocol === "string" && isCount(version) && version >= 1
    ? { protocol, version, message }
    : undefined;
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

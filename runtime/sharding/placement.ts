/** A node as far as placement looks at it. */
export interface PlacementCandidate {
  readonly incarnation: string;
  readonly roles: readonly string[];
  /** Its share compared to others; 0 takes nothing. */
  readonly capacity: number;
}

interface Seat extends PlacementCandidate {
  readonly high: number;
  readonly low: number;
}

/** 2^32, the number of values of a word of a hash. */
const WORD = 4_294_967_296;
/** Bits of the second word that a fraction with 53 bits has room for. */
const LOW_BITS = 21;
/** Two starts from which the same text gives two hashes that have nothing to do with each other. */
const HIGH_START = 0x9e_37_79_b9;
const LOW_START = 0x7f_4a_7c_15;

/**
 * Where entities belong, by weighted rendezvous hashing (Thaler and Ravishankar, 1998; weights by Schindelhauer and Schomaker, 2005): each node draws a
 * lot for each entity, and the best one wins. So a node that comes takes only what it wins, one that goes gives up only what it had, shares follow the
 * capacities, and all nodes with the same view agree without asking. Pure.
 */
export class Placement {
  readonly #seats: readonly Seat[];

  /** @param candidates those that may take entities now: with a lease, and not leaving */
  constructor(candidates: Iterable<PlacementCandidate>) {
    this.#seats = Array.from(candidates, ({ incarnation, roles, capacity }) => ({
      incarnation,
      roles,
      capacity,
      high: hashText(incarnation, HIGH_START),
      low: hashText(incarnation, LOW_START),
    }));
  }

  /** The incarnation of the node to which a key belongs; undefined when no node has the role. */
  of(key: string, role: string): string | undefined {
    const high = hashText(key, HIGH_START);
    const low = hashText(key, LOW_START);
    let best: Seat | undefined;
    let bestScore = -1;
    for (const seat of this.#seats) {
      if (!mayTake(seat, role)) continue;
      const score = scoreOf(seat, high, low);
      if (score > bestScore || (score === bestScore && isBefore(seat, best))) {
        best = seat;
        bestScore = score;
      }
    }
    return best?.incarnation;
  }

  /** The nodes that would take a key, the first one first: each next one is where it goes when all before it are gone. */
  ranked(key: string, role: string): readonly string[] {
    const high = hashText(key, HIGH_START);
    const low = hashText(key, LOW_START);
    return this.#seats
      .filter((seat) => mayTake(seat, role))
      .map((seat) => ({ seat, score: scoreOf(seat, high, low) }))
      .toSorted((a, b) => b.score - a.score || (isBefore(a.seat, b.seat) ? -1 : 1))
      .map(({ seat }) => seat.incarnation);
  }
}

function mayTake({ roles, capacity }: Seat, role: string): boolean {
  return capacity > 0 && roles.includes(role);
}

function isBefore(one: Seat, other: Seat | undefined): boolean {
  return other !== undefined && one.incarnation < other.incarnation;
}

/** `capacity / -ln(u)` with u evenly spread over (0, 1): of several such scores each is the largest as often as its capacity says. */
function scoreOf(seat: Seat, high: number, low: number): number {
  const first = mixed(seat.high ^ high);
  const second = mixed(seat.low ^ low ^ first);
  const fraction = (first * 2 ** LOW_BITS + (second >>> (32 - LOW_BITS)) + 0.5) / (WORD * 2 ** LOW_BITS);
  return seat.capacity / -Math.log(fraction);
}

/** FNV-1a over the code units, then mixed; 32 bits. */
function hashText(text: string, start: number): number {
  let hash = start;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01_00_01_93);
  }
  return mixed(hash);
}

/** Lets every bit of a word depend on every other one (the finalizer of MurmurHash3, Appleby, 2011). */
function mixed(word: number): number {
  let hash = word;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

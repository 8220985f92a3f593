import { Placement } from "../sharding/placement.ts";

/** One of those to whom a router may give a message. */
export interface Candidate {
  readonly address: string;
  /** How many messages wait there, as far as is known here. */
  readonly waiting: number;
}

/** Who gets a message: the one that shall have it first, then those that may have it when that one cannot take it. */
export interface Choosing<Message> {
  order<C extends Candidate>(candidates: readonly C[], message: Message): readonly C[];
}

/** Everybody in turn. */
export class RoundRobin implements Choosing<unknown> {
  #turn = 0;

  order<C extends Candidate>(candidates: readonly C[]): readonly C[] {
    return rotated(candidates, this.#turn++);
  }
}

/** The one with whom the fewest messages wait; of several, each in turn. */
export class LeastMailbox implements Choosing<unknown> {
  #turn = 0;

  order<C extends Candidate>(candidates: readonly C[]): readonly C[] {
    return rotated(candidates, this.#turn++).toSorted((one, other) => one.waiting - other.waiting);
  }
}

/** Always the same one for the same key, as long as it is there; when it goes, what it had is spread over the others, and theirs stays. */
export class ConsistentHash<Message> implements Choosing<Message> {
  readonly #keyOf: (message: Message) => string;
  /** Of the candidates that there were last. */
  #placement: { readonly of: readonly Candidate[]; readonly by: Placement } | undefined = undefined;

  constructor(keyOf: (message: Message) => string) {
    this.#keyOf = keyOf;
  }

  /** Nobody else when that one cannot take it: what belongs together would come apart. */
  order<C extends Candidate>(candidates: readonly C[], message: Message): readonly C[] {
    if (this.#placement?.of !== candidates) this.#placement = { of: candidates, by: placementOf(candidates) };
    const address = this.#placement.by.of(this.#keyOf(message), ANY_ROLE);
    return candidates.filter((candidate) => candidate.address === address);
  }
}

const ANY_ROLE = "any";

function placementOf(candidates: readonly Candidate[]): Placement {
  return new Placement(
    candidates.map(({ address }) => ({ incarnation: address, roles: [ANY_ROLE], capacity: 1 })),
  );
}

function rotated<C>(candidates: readonly C[], turn: number): readonly C[] {
  if (candidates.length === 0) return candidates;
  const first = turn % candidates.length;
  return [...candidates.slice(first), ...candidates.slice(0, first)];
}

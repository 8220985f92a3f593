import type { WaitingActor } from "../codec/parcel.ts";
import { isWaiting } from "../kernel/ask.ts";
import type { Ask, CarriedChain } from "../kernel/ask.ts";
import type { Cell } from "../kernel/cell.ts";
import { actorText } from "./actor-address.ts";

/** Actors that may wait for each other in one chain across nodes; a longer one is taken to go in circles. */
export const CHAIN_MAX = 64;

/** Who waits for a question that goes to another node, here and wherever it came from. */
export function chainOf(question: Ask, incarnation: string): readonly WaitingActor[] {
  const chain: WaitingActor[] = [];
  for (let ask: Ask | undefined = question; ask !== undefined; ask = ask.asker?.cause) {
    const { asker, carried } = ask;
    if (asker !== undefined && isWaiting(asker)) {
      const { cell, turn } = asker;
      chain.push({ address: actorText({ incarnation, path: cell.reference.address }), turn });
    }
    if (carried instanceof AskChain) chain.push(...carried.links);
  }
  return chain;
}

/** Who waits on other nodes for a question that came from one; some of them may be of this node. */
export class AskChain implements CarriedChain {
  readonly links: readonly WaitingActor[];
  readonly #incarnation: string;

  constructor(links: readonly WaitingActor[], incarnation: string) {
    this.links = links;
    this.#incarnation = incarnation;
  }

  waits(cell: Cell): boolean {
    if (this.links.length === 0) return false;
    if (!isWaiting({ cell, turn: cell.turn, cause: undefined })) return false;
    const address = actorText({ incarnation: this.#incarnation, path: cell.reference.address });
    return this.links.some((link) => link.address === address && link.turn === cell.turn);
  }
}

import { entityKey } from "./entity-address.ts";
import type { EntityAddress } from "./entity-address.ts";

/**
 * What came with the claims of entities: it spares the load that follows its question. A claim and what is stored at that moment are one step of the store, and from then on
 * only the new owner can write; so it is what a load would find, until that owner has written. It is given out once, within the turn of the program in
 * which it came: whoever comes later asks.
 */
export class LoadsAhead<Answer> {
  readonly #answers = new Map<string, Answer>();

  put(entity: EntityAddress, answer: Answer): void {
    if (this.#answers.size === 0) setImmediate(() => this.#answers.clear());
    this.#answers.set(entityKey(entity), answer);
  }

  take(entity: EntityAddress): Answer | undefined {
    const key = entityKey(entity);
    const answer = this.#answers.get(key);
    if (answer !== undefined) this.#answers.delete(key);
    return answer;
  }

  /** Something is written, or another claim is sent: what came before says nothing any more. */
  drop(entity: EntityAddress): void {
    if (this.#answers.size > 0) this.#answers.delete(entityKey(entity));
  }
}

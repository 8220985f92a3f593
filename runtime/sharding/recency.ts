import type { Place } from "./place.ts";

/** Entities in the order of their last use, as a chain: using one costs O(1), however many there are. */
export class Recency {
  #oldest: Place | undefined = undefined;
  #newest: Place | undefined = undefined;
  size = 0;

  /** The one that was used longest ago. */
  get oldest(): Place | undefined {
    return this.#oldest;
  }

  add(place: Place): void {
    this.size++;
    this.#append(place);
  }

  /** Whether one of them is such; looks at those used last first. */
  some(isSuch: (place: Place) => boolean): boolean {
    for (let place = this.#newest; place !== undefined; place = place.older) if (isSuch(place)) return true;
    return false;
  }

  /** It was used just now. */
  touch(place: Place): void {
    if (place === this.#newest) return;
    this.#unlink(place);
    this.#append(place);
  }

  remove(place: Place): void {
    this.size--;
    this.#unlink(place);
  }

  #append(place: Place): void {
    place.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = place;
    else this.#newest.newer = place;
    this.#newest = place;
  }

  #unlink(place: Place): void {
    const { older, newer } = place;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    place.older = place.newer = undefined;
  }
}

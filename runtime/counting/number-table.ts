const FIRST_SLOTS = 64;
const FREE = -1;

/** Sums by a number, from 0 to 2^53: a map of numbers that makes no garbage. */
export class NumberTable {
  #keys = new Float64Array(FIRST_SLOTS).fill(FREE);
  #sums = new Float64Array(FIRST_SLOTS);
  #size = 0;

  clear(): void {
    if (this.#size === 0) return;
    this.#keys.fill(FREE);
    this.#size = 0;
  }

  add(key: number, amount: number): void {
    const slot = this.#slotOf(key);
    if (this.#keys[slot] === key) {
      this.#sums[slot] = (this.#sums[slot] as number) + amount;
      return;
    }
    this.#keys[slot] = key;
    this.#sums[slot] = amount;
    this.#size++;
    if (2 * this.#size > this.#keys.length) this.#spread();
  }

  /** The sum of a key; 0 where nothing was added. */
  get(key: number): number {
    const slot = this.#slotOf(key);
    return this.#keys[slot] === key ? (this.#sums[slot] as number) : 0;
  }

  forEach(visit: (key: number, sum: number) => void): void {
    for (let slot = 0; slot < this.#keys.length; slot++) {
      const key = this.#keys[slot] as number;
      if (key !== FREE) visit(key, this.#sums[slot] as number);
    }
  }

  #slotOf(key: number): number {
    const mask = this.#keys.length - 1;
    const upper = Math.floor(key / 0x1_0000_0000);
    let hash = Math.imul((key ^ upper) >>> 0, 0x9e3779b1) ^ Math.imul(upper, 0x85ebca6b);
    hash ^= hash >>> 15;
    let slot = hash & mask;
    while (this.#keys[slot] !== FREE && this.#keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  #spread(): void {
    const [keys, sums] = [this.#keys, this.#sums];
    this.#keys = new Float64Array(2 * keys.length).fill(FREE);
    this.#sums = new Float64Array(2 * keys.length);
    keys.forEach((key, index) => {
      if (key === FREE) return;
      const slot = this.#slotOf(key);
      this.#keys[slot] = key;
      this.#sums[slot] = sums[index] as number;
    });
  }
}

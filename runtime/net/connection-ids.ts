/** Names connections: short, in order, and never one that an earlier life of the node has used. */
export class ConnectionIds {
  readonly #prefix: string;
  #count = 0;

  /** @param prefix new for each life of the node */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  next(): string {
    return `${this.#prefix}-${(++this.#count).toString(36)}`;
  }
}

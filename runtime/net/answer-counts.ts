/** One kind of HTTP answer. */
export interface AnswerKind {
  readonly listener: string;
  /** The path of the route, never the path that was asked for: there is no end to those. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
}

/** Counts HTTP answers by route, method and status since the start. */
export class AnswerCounts {
  readonly #counts = new Map<string, { readonly kind: AnswerKind; count: number }>();

  add(kind: AnswerKind): void {
    const { listener, route, method, status } = kind;
    const key = `${listener} ${route} ${method} ${status}`;
    const known = this.#counts.get(key);
    if (known === undefined) this.#counts.set(key, { kind, count: 1 });
    else known.count++;
  }

  /** How many answers there were. */
  get total(): number {
    let total = 0;
    for (const { count } of this.#counts.values()) total += count;
    return total;
  }

  all(): Iterable<{ readonly kind: AnswerKind; readonly count: number }> {
    return this.#counts.values();
  }
}

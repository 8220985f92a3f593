import type { RouteResponse } from "../../runtime/net/route.ts";

/** What a whole number behind the `?` may be. */
export interface WholeRange {
  readonly min: number;
  readonly max: number;
  /** When it is left out. */
  readonly otherwise: number;
}

/** Reads what stands behind the `?` of a request, and remembers the first thing that is wrong with it. */
export class QueryReader {
  readonly #query: URLSearchParams;
  #refusal: RouteResponse | undefined = undefined;

  /** @param known the names that may stand there; any other is refused */
  constructor(query: URLSearchParams, known: readonly string[]) {
    this.#query = query;
    for (const name of new Set(query.keys())) {
      if (!known.includes(name)) this.refuse(name, `is not known here; known: ${known.join(", ") || "none"}`);
      else if (query.getAll(name).length > 1) this.refuse(name, "is given more than once");
    }
  }

  /** The answer to a request that cannot be carried out; undefined when everything read so far was right. */
  get refusal(): RouteResponse | undefined {
    return this.#refusal;
  }

  text(name: string): string | undefined {
    return this.#query.get(name) ?? undefined;
  }

  whole(name: string, { min, max, otherwise }: WholeRange): number {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.refuse(
      name,
      `is ${JSON.stringify(text.slice(0, 40))}; a whole number from ${min} to ${max} is expected`,
    );
    return otherwise;
  }

  /** Answers 400 and names the parameter; what was found first is what is said. */
  refuse(field: string, text: string): void {
    this.#refusal ??= { status: 400, body: { code: "invalidField", field, text: `${field} ${text}` } };
  }
}

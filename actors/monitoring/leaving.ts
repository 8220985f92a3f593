import { Counts } from "../../runtime/counting/counts.ts";
import { pageParts } from "../../runtime/counting/pages.ts";
import type { Division, PagePart } from "../../runtime/counting/pages.ts";

/** Counts on their way to pages: they belong to their partition until all parts are there. */
export class Leaving {
  readonly division: Division;
  readonly #counts: Counts;
  #parts: readonly PagePart[] | undefined;

  constructor(counts: Counts, division: Division) {
    this.#counts = counts;
    this.division = division;
  }

  /** In the order in which they are written. They are made once: all of them are needed, one after the other. */
  get parts(): readonly PagePart[] {
    this.#parts ??= pageParts(this.#counts, this.division);
    return this.#parts;
  }

  dump(): StoredLeaving {
    return { division: this.division, counts: this.#counts.encode() };
  }

  static load({ division, counts }: StoredLeaving): Leaving {
    return new Leaving(Counts.decode(counts), division);
  }
}

/** How it is stored. */
export interface StoredLeaving {
  readonly division: Division;
  readonly counts: Uint8Array;
}

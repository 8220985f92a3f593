import type { KnownMember, MemberView } from "../membership/member-view.ts";

/** Knows of each view who died last, and looks through it once: very many claims are made with the same one. */
export class LatestDead {
  readonly #max: number;
  #view: MemberView | undefined = undefined;
  #incarnations: readonly string[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  /** The incarnations of the dead, the last one first; for the same view the same array. */
  of(view: MemberView): readonly string[] {
    if (view === this.#view) return this.#incarnations;
    this.#view = view;
    this.#incarnations = [...view.members.values()]
      .filter(({ state }) => state === "dead")
      .toSorted((a, b) => endedMs(b) - endedMs(a))
      .slice(0, this.#max)
      .map(({ incarnation }) => incarnation);
    return this.#incarnations;
  }
}

/** Of one that the table has lost there is no time: it has only just been noticed. */
function endedMs({ ended }: KnownMember): number {
  return ended?.atMs ?? Number.MAX_SAFE_INTEGER;
}

import { FATES } from "../../runtime/counting/account.ts";
import type { Fate } from "../../runtime/counting/account.ts";
import type { Sample } from "../../runtime/telemetry/metrics.ts";

/** What becomes of records: those that are lost were never read. */
const KINDS = [...FATES, "lost"] as const;
type Kind = Fate | "lost";

/**
 * What became of the records that were counted on this node since its process began: a sum that never falls, wherever partitions move and whenever they end. It is the work of the node: what
 * could not be stored, and was read once more, is in it twice, as it is in no counts.
 */
export class NodeAccounts {
  readonly #sources = new Map<string, Record<Kind, number>>();

  /** Notes what became of records of a partition. */
  note(partial: string, account: Partial<Readonly<Record<Kind, number>>>): void {
    const source = partial.slice(0, partial.indexOf("/"));
    const sums = this.#sources.get(source) ?? none();
    this.#sources.set(source, sums);
    for (const kind of KINDS) sums[kind] += account[kind] ?? 0;
  }

  /** By source and by what became of them. */
  samples(): readonly Sample[] {
    return [...this.#sources].flatMap(([source, sums]) =>
      KINDS.map((fate) => ({ value: sums[fate], labels: { source, fate } })),
    );
  }
}

function none(): Record<Kind, number> {
  return { counted: 0, duplicate: 0, quarantined: 0, tooLate: 0, unparsable: 0, lost: 0 };
}

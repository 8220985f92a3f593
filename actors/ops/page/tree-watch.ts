import { batch, computed, signal } from "@preact/signals";
import type { ReadonlySignal, Signal } from "@preact/signals";
import { askTree } from "./ask-tree.ts";
import type { TreeAnswer } from "./ask-tree.ts";
import { filterOf } from "./filter-text.ts";
import { LookLoop } from "../../../runtime/pages/kit/look-loop.ts";
import type { Look } from "../../../runtime/pages/kit/look-loop.ts";
import type { OperatorToken } from "../../../runtime/pages/kit/operator-token.ts";
import type { Trunk } from "./tree-answer.ts";
import { depthOf, rowsOf } from "./tree-rows.ts";
import type { ActorRow, TreeRow } from "./tree-rows.ts";

const REFRESH_MS = 2_000;
/** So long after the last key the filter is asked for. */
const TYPING_MS = 250;

/** The tree as this window looks at it: anew every two seconds, and only while somebody can see it. */
export class TreeWatch {
  /** What came of the latest look; undefined before the first. */
  readonly answer: Signal<TreeAnswer | undefined> = signal(undefined);
  /** The latest tree that was seen. */
  readonly trunks: Signal<readonly Trunk[]> = signal([]);
  readonly typed = signal("");
  readonly rows: ReadonlySignal<readonly TreeRow[]>;
  /** The actor whose details are shown, as it was seen last. */
  readonly chosen: Signal<ActorRow | undefined> = signal(undefined);
  /** What was opened by hand, of the whole tree. */
  readonly #opened: Signal<ReadonlySet<string>> = signal(new Set());
  /** What was folded by hand, of what a filter has found. */
  readonly #folded: Signal<ReadonlySet<string>> = signal(new Set());
  /** The filter of the tree that is shown. */
  readonly #filter: Signal<string | undefined> = signal(undefined);
  readonly #loop: LookLoop;

  constructor(token: OperatorToken) {
    this.rows = computed(() =>
      rowsOf(this.trunks.value, {
        isFiltered: this.#filter.value !== undefined,
        turned: this.#turned.value,
      }),
    );
    this.#loop = new LookLoop(token, {
      look: (look) => this.#look(look),
      forget: () => this.#forget(),
    });
  }

  /** Opens what is folded, and folds what is open. */
  turn(id: string): void {
    const turned = new Set(this.#turned.value);
    if (!turned.delete(id)) turned.add(id);
    this.#turned.value = turned;
    this.#loop.plan(0);
  }

  filter(typed: string): void {
    this.typed.value = typed;
    this.#loop.plan(TYPING_MS);
  }

  get #turned(): Signal<ReadonlySet<string>> {
    return this.#filter.value === undefined ? this.#opened : this.#folded;
  }

  #forget(): void {
    batch(() => {
      this.trunks.value = [];
      this.chosen.value = undefined;
    });
  }

  async #look({ token, asking, isOver }: Look): Promise<number | undefined> {
    const filter = filterOf(this.typed.value);
    const depth = depthOf(this.rows.value);
    const answer = await askTree({ token, filter, depth }, asking);
    if (isOver()) return REFRESH_MS;
    batch(() => this.#show(answer, filter));
    if (answer.kind === "unknown") return undefined;
    // What was opened before may have come back below what has just been seen.
    const isComplete = filter !== undefined || depthOf(this.rows.value) <= depth;
    return answer.kind === "seen" && !isComplete ? 0 : REFRESH_MS;
  }

  #show(answer: TreeAnswer, filter: string | undefined): void {
    this.answer.value = answer;
    if (answer.kind !== "seen") return;
    if (filter !== this.#filter.value) this.#folded.value = new Set();
    this.#filter.value = filter;
    this.trunks.value = answer.trunks;
    const { value: chosen } = this.chosen;
    const found = this.rows.value.find((row) => row.kind === "actor" && row.id === chosen?.id);
    if (found?.kind === "actor") this.chosen.value = found;
  }
}

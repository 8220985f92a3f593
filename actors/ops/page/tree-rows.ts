import type { Actor, Trunk } from "./tree-answer.ts";

// Pure: which lines of the tree are on screen.

/** How many children of one actor are shown; the rest is one line that counts them. */
export const CHILDREN_SHOWN_MAX = 200;

/** No more levels are answered; a test holds it against the operators' protocol, which is too large for a page. */
export const LEVELS_MAX = 32;

/** One line: an actor, or how many more there are than are shown. */
export type TreeRow = ActorRow | MoreRow;

/** An actor of the tree. */
export interface ActorRow {
  readonly kind: "actor";
  /** The same at every look, so that what was unfolded stays so. */
  readonly id: string;
  readonly level: number;
  readonly actor: Actor;
  readonly fold: "open" | "folded" | "leaf";
}

/** The children of one actor that are not shown. */
export interface MoreRow {
  readonly kind: "more";
  readonly id: string;
  readonly level: number;
  readonly hidden: number;
}

/** How the tree is looked at. */
export interface TreeLook {
  /** With a filter everything that was found is open at first, else only the nodes are. */
  readonly isFiltered: boolean;
  /** What was opened or closed by hand. */
  readonly turned: ReadonlySet<string>;
}

/** The lines from top to bottom. */
export function rowsOf(trunks: readonly Trunk[], look: TreeLook): TreeRow[] {
  const rows: TreeRow[] = [];
  for (const { id, root } of trunks) addRows(rows, { id, level: 0, actor: root }, look);
  return rows;
}

/** How many levels of children have to be asked for, so that nothing that is open is empty. */
export function depthOf(rows: readonly TreeRow[]): number {
  const open = rows.filter((row) => row.kind === "actor" && row.fold === "open");
  return Math.min(LEVELS_MAX, 1 + Math.max(0, ...open.map(({ level }) => level)));
}

function addRows(rows: TreeRow[], place: Pick<ActorRow, "id" | "level" | "actor">, look: TreeLook): void {
  const { id, level, actor } = place;
  const fold = foldOf(place, look);
  rows.push({ kind: "actor", ...place, fold });
  if (fold !== "open" || actor.children === undefined) return;
  const shown = actor.children.slice(0, CHILDREN_SHOWN_MAX);
  for (const child of shown) {
    addRows(rows, { id: `${id}/${child.name}`, level: level + 1, actor: child }, look);
  }
  // A filter leaves out those that do not fit, and these are not missing.
  const count = look.isFiltered ? actor.children.length : Math.max(actor.childCount, actor.children.length);
  const hidden = count - shown.length;
  if (hidden > 0) rows.push({ kind: "more", id: `${id}/…`, level: level + 1, hidden });
}

function foldOf(
  { id, level, actor }: Pick<ActorRow, "id" | "level" | "actor">,
  look: TreeLook,
): ActorRow["fold"] {
  const count = look.isFiltered ? (actor.children?.length ?? 0) : actor.childCount;
  if (count === 0) return "leaf";
  const isOpenAtFirst = look.isFiltered || level === 0;
  return isOpenAtFirst === look.turned.has(id) ? "folded" : "open";
}

import type { ActorFields } from "../../../protocols/ops.ts";
import type { MessageOf } from "../../../protocols/protocol.ts";

// Pure: what the operators' port answers about the tree, as the page reads it.

/** An actor, or a node of the cluster, with what is below it. */
export type Actor = Omit<MessageOf<"actor", typeof ActorFields>, "kind" | "children"> & {
  readonly children?: readonly Actor[];
};

/** The state of an actor that does what it should. */
export const RUNNING = "running";

/** The state of a node that has not answered. */
export const SILENT = "silent";

/** The tree of one node. */
export interface Trunk {
  /** Unique among the trunks, and the same for the next process of that node. */
  readonly id: string;
  readonly root: Actor;
}

/** The trees of all nodes; of the only one, where there is no cluster. */
export function trunksOf(answer: Actor): readonly Trunk[] {
  const roots = answer.type === "cluster" ? (answer.children ?? []) : [answer];
  const seen = new Map<string, number>();
  return roots.map((root) => {
    // For a moment a node may stand there twice: the process that goes, and the one that comes.
    const twin = (seen.get(root.name) ?? 0) + 1;
    seen.set(root.name, twin);
    return { id: twin === 1 ? root.name : `${root.name}#${twin}`, root };
  });
}

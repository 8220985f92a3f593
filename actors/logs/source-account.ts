import type { PullerTrouble } from "./puller/puller-account.ts";

/** Where this node stands in the group that shares a source out. */
export interface GroupStanding {
  readonly name: string;
  /** By which name this node is known in it. */
  readonly consumer: string;
  readonly isMember: boolean;
  readonly held: readonly string[];
}

/** What is known of a source as a whole, for operators. */
export class SourceAccount {
  readonly source: string;
  /** How many parts it has; undefined until it could be listed. */
  partitions: number | undefined = undefined;
  /** Why it cannot be listed, or is not shared out, at present. */
  trouble: PullerTrouble | undefined = undefined;
  /** Where it is shared with others. */
  group: GroupStanding | undefined = undefined;

  constructor(source: string) {
    this.source = source;
  }
}

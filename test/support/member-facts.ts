import type { MemberFacts } from "../../runtime/membership/member-view.ts";
import type { Newcomer } from "../../runtime/membership/membership-table.ts";

/** What a node of this name says of itself, in its first life. */
export function memberFacts(node: string): MemberFacts {
  return {
    incarnation: `${node}/first`,
    node,
    address: `${node}.test:9510`,
    roles: [],
    capacity: 1,
    protocol: { min: 1, max: 1 },
  };
}

/** A node of this name that wants to join. */
export function newcomer(node: string): Newcomer {
  return { ...memberFacts(node), token: `token of ${node}` };
}

import type { Reference } from "../../protocols/reference.ts";
import type { OpsProtocol } from "../../protocols/ops-node.ts";
import { CLIENT_ROLE } from "../../runtime/cluster/client-role.ts";
import type { LeasedMember } from "../../runtime/cluster/cluster-node.ts";
import type { Whereabouts } from "../../runtime/cluster/region.ts";
import { Fault } from "../../runtime/fault.ts";
import type { ClusterSight } from "../../runtime/feature.ts";
import { SAFE_LEASE } from "../../runtime/membership/lease.ts";
import type { MemberState } from "../../runtime/membership/member-view.ts";
import { memberFacts } from "./member-facts.ts";

/** A cluster that is whatever a test says: who is in it, where each is reached, where an entity is. */
export class ScriptedCluster implements ClusterSight {
  readonly incarnation = "a/first";
  readonly lease = SAFE_LEASE;
  readonly drained: string[] = [];
  /** By incarnation; who is missing cannot be reached. */
  readonly reached = new Map<string, Reference<OpsProtocol>>();
  whereabouts: Whereabouts = { kind: "free", belongsTo: undefined };
  #members: readonly LeasedMember[] = [];

  /** Members by incarnation: `{ "a/first": "up" }`. One called `service` is no node. */
  has(states: Readonly<Record<string, MemberState>>): this {
    this.#members = Object.entries(states).map(([incarnation, state], index) => ({
      member: {
        ...memberFacts(incarnation.split("/")[0] ?? ""),
        ...(incarnation.startsWith("service/") ? { roles: [CLIENT_ROLE] } : {}),
        incarnation,
        state,
        joinedAtMs: index,
        ...(state === "dead" ? { ended: { cause: "expired" as const, atMs: 100 + index } } : {}),
      },
      leaseLeftMs: state === "dead" ? undefined : 5_000,
    }));
    return this;
  }

  members: ClusterSight["members"] = async () => this.#members;

  drainMember: ClusterSight["drainMember"] = async (incarnation) => {
    this.drained.push(incarnation);
    return { kind: "moved" };
  };

  isTakenOut = false;

  takeOut(): void {
    this.isTakenOut = true;
  }

  whereIs: ClusterSight["whereIs"] = async () => this.whereabouts;

  readonly topics: ClusterSight["topics"] = {
    topic: () => {
      throw new Error("nobody hears anything here");
    },
  };

  reference: ClusterSight["reference"] = (incarnation) => {
    const reference = this.reached.get(incarnation);
    if (reference === undefined) throw new Fault("actorGone", { incarnation });
    return reference as never;
  };
}

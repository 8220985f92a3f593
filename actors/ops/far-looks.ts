import { OpsProtocol } from "../../protocols/ops-node.ts";
import { Fault } from "../../runtime/fault.ts";
import type { ClusterSight } from "../../runtime/feature.ts";
import type { ActorSystem } from "../../runtime/kernel/actor-system.ts";
import type { RouteResponse } from "../../runtime/net/route.ts";

/** Where each node has the actor that answers for it. */
export const OPS_NAME = "ops";
/** How long a node may take to answer before it counts as silent, in milliseconds: the page of all nodes waits no longer for one. */
const ANSWER_WITHIN_MS = 1_500;

/** What a node has answered, or why it said nothing. */
export type FarLook =
  | { readonly kind: "seen"; readonly response: RouteResponse }
  | { readonly kind: "silent"; readonly why: string };

/** What it takes to ask the other nodes. */
export interface FarParts {
  readonly cluster: ClusterSight;
  readonly system: ActorSystem;
}

/** Asks another node what its operators' port answers there. */
export async function farLook({ cluster, system }: FarParts, to: string, target: string): Promise<FarLook> {
  try {
    const reference = cluster.reference(to, `/${OPS_NAME}`, OpsProtocol);
    const { status, json } = await system.ask(
      reference,
      { kind: "look", target },
      { deadlineMs: ANSWER_WITHIN_MS },
    );
    return { kind: "seen", response: { status, body: JSON.parse(json) as unknown } };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const isLate = error.code === "askTimeout";
    return { kind: "silent", why: isLate ? `no answer within ${ANSWER_WITHIN_MS} ms` : error.message };
  }
}

import type { HostAnswer } from "../../protocols/host.ts";
import { NodeActedFields, NodeActFields } from "../../protocols/ops-acts.ts";
import { RefusalFields } from "../../protocols/refusal.ts";
import type { ClusterSight, NodeControl } from "../../runtime/feature.ts";
import { NO_HOST } from "../../runtime/host-link.ts";
import type { HostLink } from "../../runtime/host-link.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { BodyOf, Route, RouteResponse } from "../../runtime/net/route.ts";
import type { Clock } from "../../runtime/time/clock.ts";

/** How long a refusal of the host is waited for, in milliseconds; what it takes on ends this process, so the end of that is not. */
const REFUSED_WITHIN_MS = 500;

/** What the node as a whole can be had to do, and by whom. */
export interface NodeActs {
  readonly control: NodeControl;
  /** Undefined where the node stands alone. */
  readonly cluster: Pick<ClusterSight, "takeOut"> | undefined;
  /** Undefined where one process is all. */
  readonly hostLink: HostLink | undefined;
  readonly clock: Clock;
}

type NodeAct = BodyOf<typeof NodeActFields>["act"];

/** What operators do to the node as a whole. */
export function nodeActRoutes(parts: NodeActs): Route[] {
  return [
    route("/v1/node/act", {
      onRequest: {
        POST: operation({
          summary: "Drains, reloads, restarts or stops the node",
          body: NodeActFields,
          answers: { 202: NodeActedFields, 400: RefusalFields, 409: RefusalFields },
          audited: ({ act }) => ({ act, target: "node" }),
          handle: ({ body }) => answerNodeAct(parts, body.act),
        }),
      },
    }),
  ];
}

async function answerNodeAct(parts: NodeActs, act: NodeAct): Promise<RouteResponse> {
  const { control, cluster, hostLink } = parts;
  if (act === "drain") {
    cluster?.takeOut();
    control.drain();
    return begun(act, "no more connections are taken, and the clients are sent away; the process stays");
  }
  if (hostLink !== undefined) return askHost(hostLink, act, parts.clock);
  if (act !== "stop") return { status: 409, body: { code: "noHost", field: "/act", text: NO_HOST } };
  control.stop();
  return begun(act, "the node stops in order");
}

async function askHost(host: HostLink, act: Exclude<NodeAct, "drain">, clock: Clock): Promise<RouteResponse> {
  let cancel = (): void => undefined;
  const later = new Promise<undefined>((resolve) => {
    cancel = clock.after(REFUSED_WITHIN_MS, () => resolve(undefined));
  });
  const answer: HostAnswer | undefined = await Promise.race([host.ask({ kind: act }), later]);
  cancel();
  if (answer?.kind === "refused") {
    return { status: 409, body: { code: answer.code, field: "/act", text: answer.text } };
  }
  return begun(act, answer?.kind === "done" ? answer.text : `the ${act} has begun; the log says how it ends`);
}

function begun(act: NodeAct, text: string): RouteResponse {
  return { status: 202, body: { act, text } };
}

import { GATEWAYS_KEY } from "../../protocols/gateway.ts";
import type { GatewayProtocol } from "../../protocols/gateway.ts";
import type { AskMessage, Reply } from "../../protocols/protocol.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { Context } from "../../runtime/actor/context.ts";
import { Fault } from "../../runtime/fault.ts";
import type { FeatureHost } from "../../runtime/feature.ts";

/** How long the registry and another gateway may take to answer, in milliseconds. */
const WITHIN_MS = 2_000;

/** Finds the gateways of all nodes. */
export type GatewayRegistry = Pick<FeatureHost["registry"], "list">;

type Notified = Reply<GatewayProtocol, "notify">;
type Notice = Omit<AskMessage<GatewayProtocol, "notify">, "kind" | "isOnlyHere">;

/** Has the gateways of the other nodes pass a notice on; answers what became of it on all nodes, `here` among them. */
export async function notifyOthers(
  registry: GatewayRegistry,
  { notice, here }: { readonly notice: Notice; readonly here: Notified },
  context: Context<GatewayProtocol>,
): Promise<Notified> {
  const own = context.self.address;
  const known = await registry.list(GATEWAYS_KEY, WITHIN_MS).catch(nobody);
  const others = known.filter(({ address }) => address !== own) as readonly Reference<GatewayProtocol>[];
  const asked = others.map((gateway) =>
    context
      .ask(gateway, { kind: "notify", ...notice, isOnlyHere: true }, { deadlineMs: WITHIN_MS })
      .catch(nobody),
  );
  const replies = [here, ...(await Promise.all(asked)).flat()];
  const listeners = replies.flatMap((reply) => (reply.kind === "notified" ? reply.listeners : []));
  return listeners.length === 0 ? here : { kind: "notified", listeners: [...new Set(listeners)] };
}

/** Whoever cannot be reached has nobody connected who could be. */
function nobody(error: unknown): readonly never[] {
  if (!(error instanceof Fault)) throw error;
  return [];
}

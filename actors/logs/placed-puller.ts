import type { ActorDefinition } from "../../runtime/actor/define-actor.ts";
import { parseEntityText } from "../../runtime/persistence/entity-address.ts";
import { Puller } from "./puller/puller.ts";
import type { PullerContext, PullerProtocol } from "./puller/puller.ts";
import type { PullerHost } from "./puller/puller-state.ts";
import type { Source } from "./source.ts";

/** The type of pullers in their addresses. */
export const PULLER_TYPE = "log-puller";

/** What the pullers of a node have in common that stand at places of the cluster. */
export interface PlacedPullerArgs {
  readonly host: PullerHost;
  readonly sources: readonly Source[];
}

// A puller begins anew in another process, and its arguments are others here.
const { handOver: _, ...PULLER_PARTS } = Puller;

/** A puller that any node of the cluster can be: its address says which partition it reads. */
export const PlacedPuller: ActorDefinition<PullerProtocol, PlacedPullerArgs> = {
  ...PULLER_PARTS,
  type: PULLER_TYPE,
  initialState({ host, sources }: PlacedPullerArgs, context: PullerContext): unknown {
    const { id = "" } = parseEntityText(context.self.address) ?? {};
    const slash = id.indexOf("/");
    const source = sources.find(({ name }) => name === id.slice(0, slash));
    // Another node has it in its settings; this one does not, and can do nothing for it.
    if (source === undefined) throw new RangeError(`no source of the settings is meant by ${id}`);
    return Puller.initialState({ host, source, partition: id.slice(slash + 1) }, context);
  },
};

import { JournalCopyFields } from "../../protocols/ops-acts.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { Route } from "../../runtime/net/route.ts";
import type { NodeStores } from "../../runtime/persistence/node-stores.ts";

/** A copy of the journal on demand: the journal itself is open in the node's process, and takes no other. */
export function journalRoutes(stores: Pick<NodeStores, "copy">): Route[] {
  return [
    route("/v1/node/journal-copy", {
      onRequest: {
        POST: operation({
          summary:
            "Copies the journal of this machine, as it is at this moment, into its data directory, to be looked into and removed",
          answers: { 200: JournalCopyFields },
          audited: () => ({ act: "journal copy", target: "node" }),
          handle: async () => ({ status: 200, body: { copies: await stores.copy() } }),
        }),
      },
    }),
  ];
}

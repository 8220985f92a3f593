import { defineProtocol } from "./protocol.ts";

/** What may be said to whoever watches the nodes of the cluster: only what it says to itself. */
export const NodeWatchProtocol = defineProtocol({ name: "nodeWatch", version: 1, self: { look: {} } });

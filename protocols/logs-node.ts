import Type from "typebox";
import { defineProtocol } from "./protocol.ts";

/** What reads logs on a node, as the other nodes of its cluster reach it: whoever looks at one of them can look at all. */
export const LogsNodeProtocol = defineProtocol({
  name: "logsNode",
  version: 1,
  ask: {
    /** The sources and pullers of this node, as `/v1/logs` shows them. */
    look: { request: {}, reply: { seen: { json: Type.String() } } },
  },
});
export type LogsNodeProtocol = typeof LogsNodeProtocol;

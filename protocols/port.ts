import type { ListenerProtocol } from "./listener.ts";
import { defineProtocol } from "./protocol.ts";
import { reference } from "./reference.ts";

/** What a listener's actor may say to the port it owns. */
export const PortProtocol = defineProtocol({
  name: "port",
  version: 1,
  tell: {
    /** From now on accepted sockets go to this listener. Before, they are turned away. */
    serve: { listener: reference<ListenerProtocol>() },
    /** Takes no more connections and requests; those that are open stay. */
    close: {},
  },
});
export type PortProtocol = typeof PortProtocol;

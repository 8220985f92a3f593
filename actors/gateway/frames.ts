import type { ClientFrames } from "../../protocols/client-frames.ts";
import { runAction } from "./actions.ts";
import type { ConnectionContext, ConnectionState } from "./connection-state.ts";
import { toRoom } from "./room-links.ts";

type TakeFrame<K extends keyof ClientFrames> = (
  state: ConnectionState,
  frame: ClientFrames[K],
  context: ConnectionContext,
) => void;

/** What a connection does for each kind of frame. */
export const FRAMES: { readonly [K in keyof ClientFrames]: TakeFrame<K> } = {
  hello(state, { name }, context) {
    const { client, host, socket } = state;
    // Whom the route's guard has named keeps that name.
    if (name !== undefined && socket.member === undefined) client.rename(name);
    const welcome = {
      kind: "welcome",
      connection: client.id,
      name: client.member.name,
      pingEveryMs: host.pingEveryMs,
    } as const;
    context.tell(client.outlet, { kind: "send", frame: welcome });
  },
  subscribe: toRoom,
  unsubscribe: toRoom,
  publish: toRoom,
  presence: toRoom,
  call: runAction,
  // That something was heard has been noted already.
  pong() {},
};

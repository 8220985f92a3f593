import type { Socket } from "node:net";
import type { DrainListener } from "./wire.ts";

/** Tells the listener once, when all that was written to the socket so far has been taken. */
export function awaitDrain(socket: Socket, listener: DrainListener): void {
  // An empty write has its turn after all before it. `drain` would not do: below its high-water mark a stream emits none.
  socket.write(NOTHING, (error) => {
    if (error == null) listener.drained();
  });
}

const NOTHING = Buffer.alloc(0);

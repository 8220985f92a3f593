import { once } from "node:events";
import { connect } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

/** Opens so many connections to a server, one after the other; answers both ends of each. */
export async function connectAll(
  server: Server,
  count: number,
): Promise<{ readonly inside: Socket[]; readonly outside: Socket[] }> {
  const { port } = server.address() as AddressInfo;
  const inside: Socket[] = [];
  const outside: Socket[] = [];
  while (inside.length < count) {
    const came = once(server, "connection") as Promise<[Socket]>;
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    const [other] = await came;
    inside.push(other);
    outside.push(socket);
  }
  return { inside, outside };
}

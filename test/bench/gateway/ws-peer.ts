/**
 * Plain `ws` as its documentation recommends it for speed, with what the load generator `wsload` expects: `--port N`.
 * The same work as gateway-server.ts: a WebSocket on `/?room=R` joins room R, a text that begins with `e:` comes back,
 * `POST /push?room=R` sends its body to the room in one loop of `client.send`. No compression.
 */
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { WebSocket, WebSocketServer } from "ws";

const { port } = parseArgs({ options: { port: { type: "string", default: "9001" } } }).values;
const rooms = new Map<string, Set<WebSocket>>();
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const text = Buffer.concat(chunks).toString();
    for (const client of roomOf(request.url)) {
      if (client.readyState === WebSocket.OPEN) client.send(text);
    }
    response.writeHead(200, { "content-length": 2 });
    response.end("ok");
  });
});
const sockets = new WebSocketServer({
  server,
  perMessageDeflate: false,
  clientTracking: false,
  maxPayload: 65_536,
});
sockets.on("connection", (socket, request) => {
  const room = roomOf(request.url);
  room.add(socket);
  socket.on("message", (data: Buffer, binary) => {
    if (data[0] === 0x65 && data[1] === 0x3a) socket.send(data, { binary });
  });
  socket.on("close", () => room.delete(socket));
  socket.on("error", () => {});
});
server.listen({ port: Number(port), host: "127.0.0.1", backlog: 4_096 }, () =>
  console.log(`listening on ${port}`),
);

function roomOf(url: string | undefined): Set<WebSocket> {
  const name = new URL(url ?? "/", "http://localhost").searchParams.get("room") ?? "";
  let room = rooms.get(name);
  if (room === undefined) rooms.set(name, (room = new Set()));
  return room;
}

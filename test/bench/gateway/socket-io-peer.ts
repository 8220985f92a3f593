/**
 * Socket.IO 4 over WebSocket alone, with what the load generator `wsload --sio` expects: `--port N`. The same work as
 * gateway-server.ts, in Socket.IO's own terms: rooms are joined with `join`, a push is `to(room).emit`. No compression,
 * no polling transport, and the memory-saving steps of its documentation (the request is forgotten after the handshake).
 */
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { Server } from "socket.io";

const { port } = parseArgs({ options: { port: { type: "string", default: "9001" } } }).values;
const server = createServer();
const io = new Server(server, {
  transports: ["websocket"],
  perMessageDeflate: false,
  httpCompression: false,
  serveClient: false,
});
io.on("connection", (socket) => {
  void socket.join(String(socket.handshake.query["room"] ?? ""));
  (socket.conn as { request: unknown }).request = null;
  socket.on("m", (text: string) => {
    if (text.startsWith("e:")) socket.emit("m", text);
  });
});
const [engine] = server.listeners("request") as ((...args: unknown[]) => void)[];
server.removeAllListeners("request");
server.on("request", (request, response) => {
  if (request.method !== "POST" || !request.url?.startsWith("/push")) return engine?.(request, response);
  const room = new URL(request.url, "http://localhost").searchParams.get("room") ?? "";
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    io.to(room).emit("m", Buffer.concat(chunks).toString());
    response.writeHead(200, { "content-length": 2 });
    response.end("ok");
  });
});
server.listen({ port: Number(port), host: "127.0.0.1", backlog: 4_096 }, () =>
  console.log(`listening on ${port}`),
);

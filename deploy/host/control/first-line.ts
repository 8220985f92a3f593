import type { Socket } from "node:net";

/** The longest line that is listened to, in bytes: a command is a few words. */
const LINE_BYTES_MAX = 4_096;
/** How long a line may take to come, in milliseconds: who connects and says nothing keeps a place from others. */
const LINE_WITHIN_MS = 10_000;
const NEWLINE = 0x0a;

/** Calls `take` with the first line that comes; a line that is too long, or does not come, ends the connection. */
export function firstLine(socket: Socket, take: (line: string) => void): void {
  const parts: Buffer[] = [];
  let length = 0;
  const limit = setTimeout(() => giveUp(), LINE_WITHIN_MS);
  socket.once("close", () => clearTimeout(limit));
  // Half open, it would stay for ever.
  const giveUp = (): void => void socket.destroy();
  const done = (): void => {
    clearTimeout(limit);
    socket.off("data", hear);
    socket.off("end", giveUp);
    // What follows is nobody's business, but the end of the connection must still be noticed.
    socket.resume();
  };
  const hear = (bytes: Buffer): void => {
    const end = bytes.indexOf(NEWLINE);
    parts.push(end === -1 ? bytes : bytes.subarray(0, end));
    length += bytes.length;
    if (length > LINE_BYTES_MAX) return giveUp();
    if (end === -1) return;
    done();
    take(Buffer.concat(parts).toString("utf8"));
  };
  socket.on("data", hear);
  socket.once("end", giveUp);
}

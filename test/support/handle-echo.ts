import { Socket } from "node:net";

/** A process of its own for a test: notes which handle comes with which word, and says so after the last. */

interface Word {
  readonly number: number;
  readonly isLast?: boolean;
}

let got: { readonly number: number; readonly clientPort: number | undefined }[] = [];

process.on("message", ({ number, isLast }: Word, handle: unknown) => {
  got.push({ number, clientPort: clientPortOf(handle) });
  if (isLast !== true) return;
  process.send?.(got);
  got = [];
});

function clientPortOf(handle: unknown): number | undefined {
  if (handle === undefined) return undefined;
  const socket = new Socket({ handle, pauseOnCreate: true } as object);
  const { remotePort } = socket;
  socket.destroy();
  return remotePort;
}

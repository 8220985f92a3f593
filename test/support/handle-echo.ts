import { Socket } from "node:net";
import { HandleChannel } from "../../runtime/net/hand-over/handle-channel.ts";

/** A process of its own for a test: says when it is loaded, notes which handle comes with which word, and says so after the last. */

interface Word {
  readonly number: number;
  readonly isLast?: boolean;
}

const channel = new HandleChannel(process);
let got: { readonly number: number; readonly clientPort: number | undefined }[] = [];

process.on("message", ({ number, isLast }: Word, handle: unknown) => {
  got.push({ number, clientPort: clientPortOf(handle) });
  if (isLast !== true) return;
  channel.send(got, undefined, () => {});
  got = [];
});

function clientPortOf(handle: unknown): number | undefined {
  if (handle === undefined) return undefined;
  const socket = new Socket({ handle, pauseOnCreate: true } as object);
  const { remotePort } = socket;
  socket.destroy();
  return remotePort;
}

channel.send("ready", undefined, () => {});

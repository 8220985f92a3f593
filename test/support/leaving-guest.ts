import type { Guest } from "../../runtime/net/reception.ts";
import { FakeHandle } from "./fake-peer.ts";
import type { FakeWire, SendPaths } from "./fake-wire.ts";
import { Inbound } from "./inbound.ts";

const CLIENT_PORT = 40_000;

/** A client whose connection may go to another process, with a socket that the test plays. */
export interface LeavingGuest {
  readonly guest: Guest;
  readonly wire: FakeWire;
  readonly handle: FakeHandle;
}

/** A client that is connected. `isSlow`: takes nothing of what is written, and that is the line `full`. */
export function leavingGuest(paths: SendPaths, id: string, isSlow = false): LeavingGuest {
  const { wire, outlet } = isSlow ? paths.openSlow(id) : paths.open(id);
  const handle = new FakeHandle();
  wire.released = { handle, clientPort: CLIENT_PORT, unread: Buffer.from("half a fra") };
  const { intake } = new Inbound(paths, outlet);
  const guest = {
    id,
    route: "/echo",
    search: "?from=here",
    address: "10.0.0.7",
    format: "counting",
    outlet,
    member: { id: "m-1", name: "Ash" },
    traffic: intake,
  };
  return { guest, wire, handle };
}

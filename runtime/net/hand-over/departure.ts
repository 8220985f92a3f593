import { isFault } from "../../fault.ts";
import type { ActorSystem } from "../../kernel/actor-system.ts";
import type { Outlet } from "../outlet.ts";
import type { Guest } from "../reception.ts";
import type { Courier } from "./courier.ts";
import type { MovedConnection } from "./moved-connection.ts";

/** How long a connection's actor may take to hand over: it waits for what its client has asked, in milliseconds. */
const ACTOR_WITHIN_MS = 6_000;

/** How it went: `gone` has ended by itself, `lost` had to be ended. */
export type DepartureEnd = "moved" | "gone" | "lost";

/** Who takes part in the departure of a connection. */
export interface DepartureParts {
  readonly system: Pick<ActorSystem, "ask">;
  readonly courier: Courier;
}

/** Moves one connection to the other process: until its turn comes it is served as ever, and then it is silent for a moment. */
export async function depart(
  guest: Guest,
  listener: string,
  { system, courier }: DepartureParts,
): Promise<DepartureEnd> {
  const { outlet } = guest;
  if (outlet.closed || !outlet.wire.isWhole) return "gone";
  outlet.restReading();
  const actor = await handedOver(outlet, system);
  if (actor.kind !== "handedOver") return sendAway(outlet, actor.kind);
  if (!outlet.wire.isWhole) return "gone";
  const unsent = outlet.takeUnsent();
  // What went out past the outlet cannot be told apart any more.
  if (outlet.wire.bufferedBytes > unsent.latest.length) return sendAway(outlet, "lost");
  const passed = guest.traffic.leave();
  const { speech } = outlet.wire;
  const released = outlet.wire.release();
  if (released === undefined) return "gone";
  const { id, route, search, address, member } = guest;
  const { unread, handle, clientPort } = released;
  const moved: MovedConnection = {
    listener,
    id,
    route,
    search,
    address,
    clientPort,
    member,
    wire: speech,
    unread,
    unsent: unsent.pieces,
    traffic: { ...passed, ...unsent.passed },
    actor: actor.data,
  };
  await courier.send({ moved, handle, latest: unsent.latest });
  return "moved";
}

type Asked = { readonly kind: "handedOver"; readonly data: unknown } | { readonly kind: "gone" | "lost" };

async function handedOver({ connection }: Outlet, system: DepartureParts["system"]): Promise<Asked> {
  if (connection === undefined) return { kind: "lost" };
  try {
    return await system.ask(connection, { kind: "handOver" }, { deadlineMs: ACTOR_WITHIN_MS });
  } catch (error) {
    return { kind: isFault(error, "actorGone") ? "gone" : "lost" };
  }
}

function sendAway(outlet: Outlet, end: "gone" | "lost"): DepartureEnd {
  if (end === "lost") outlet.wire.close("draining", "it could not be moved");
  return end;
}

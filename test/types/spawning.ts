/** Arguments of a spawn, checked by tsc: each expected error must be there. */
import { defineActor } from "../../runtime/actor/define-actor.ts";
import type { Context } from "../../runtime/actor/context.ts";
import type { Reference } from "../../protocols/reference.ts";
import { behaviourKit } from "../support/behaviour-kit.ts";
import { Greeter } from "./handlers.ts";
import { PorterProtocol } from "./greeter.ts";
import type { GreeterProtocol } from "./greeter.ts";

/** An actor that wants arguments. */
export const Porter = defineActor({
  protocol: PorterProtocol,
  initialState: ({ keys }: { readonly keys: number }) => keys,
  handlers: { wave: (keys) => keys + 1 },
});

export function spawning(context: Context<PorterProtocol>): Reference<GreeterProtocol> {
  context.spawn(Porter, "night", { keys: 3 });
  // @ts-expect-error the arguments are missing
  context.spawn(Porter, "night");
  // @ts-expect-error an argument of the wrong type
  context.spawn(Porter, "night", { keys: "three" });
  // @ts-expect-error this definition wants no arguments
  context.spawn(Greeter, "front", { keys: 3 });
  // @ts-expect-error a child is reached by its own protocol
  const wrong: Reference<PorterProtocol> = context.spawn(Greeter, "front");
  void wrong;
  return context.spawn(Greeter, "front");
}

export async function testing(): Promise<string> {
  const porter = behaviourKit(Porter, { args: { keys: 3 } });
  // @ts-expect-error the kit wants the same arguments as a spawn
  behaviourKit(Porter);
  porter.tell({ kind: "wave", to: "all" });
  // @ts-expect-error the kit knows the protocol
  porter.tell({ kind: "carry" });
  const greeter = behaviourKit(Greeter);
  // @ts-expect-error what is told cannot be asked
  await greeter.ask({ kind: "wave", to: "all" });
  const reply = await greeter.ask({ kind: "greet", name: "Ada" });
  return reply.kind === "greeted" ? reply.text : reply.reason;
}

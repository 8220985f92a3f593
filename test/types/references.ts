/** What may be said to whom, checked by tsc: each expected error must be there. */
import type { Context } from "../../runtime/actor/context.ts";
import type { AnyReference, Reference } from "../../protocols/reference.ts";
import type { GreeterProtocol, PorterProtocol } from "./greeter.ts";

declare const context: Context<PorterProtocol>;
declare const greeter: Reference<GreeterProtocol>;
declare const porter: Reference<PorterProtocol>;

/** Any reference can be kept and watched; what may be said to it is forgotten. */
export const kept: readonly AnyReference[] = [greeter, porter];

// @ts-expect-error a reference of one protocol is none of another, though both take "wave"
export const wrongPorter: Reference<PorterProtocol> = greeter;
// @ts-expect-error the same the other way round
export const wrongGreeter: Reference<GreeterProtocol> = porter;

export function telling(): void {
  context.tell(greeter, { kind: "wave", to: "all" });
  // @ts-expect-error a kind that the receiver does not know
  context.tell(porter, { kind: "carry" });
  // @ts-expect-error a question is asked, not told
  context.tell(greeter, { kind: "count" });
  // @ts-expect-error what an actor says to itself is nobody else's to say
  context.tell(greeter, { kind: "rested", afterMs: 1 });
  // @ts-expect-error a field is missing
  context.tell(greeter, { kind: "wave" });
  // @ts-expect-error a field too many
  context.tell(greeter, { kind: "wave", to: "all", from: "me" });
}

export async function asking(): Promise<string> {
  // @ts-expect-error what is told has no answer
  await context.ask(greeter, { kind: "wave", to: "all" });
  // @ts-expect-error the question lacks a field
  await context.ask(greeter, { kind: "greet" });
  const counted = await context.ask(greeter, { kind: "count" });
  const greetings: number = counted.greetings;
  const reply = await context.ask(greeter, { kind: "greet", name: "Ada" });
  // @ts-expect-error before the reply's kind is known, its text is not
  void reply.text;
  if (reply.kind === "refused") return `${reply.reason satisfies "busy" | "shy"} ${greetings}`;
  // @ts-expect-error the other replies are ruled out now
  if (reply.kind === "refused") return "";
  return reply.text;
}

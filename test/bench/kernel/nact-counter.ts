import { dispatch } from "nact";
import type { ActorContext, Ref } from "nact";
import type { CounterState } from "./counter.ts";

export type NactCounterMessage =
  | { readonly kind: "add" }
  | { readonly kind: "mark"; readonly done: (count: number) => void }
  | { readonly kind: "get"; readonly sender: Ref<NactCount> };

export interface NactCount {
  readonly kind: "is";
  readonly count: number;
}

/** `Counter` as nact's documentation has it: a function of state, message and context; the asker comes in the message. */
export function nactCounter(
  state: CounterState,
  message: NactCounterMessage,
  _context: ActorContext<NactCounterMessage, Ref<never>>,
): CounterState {
  switch (message.kind) {
    case "add":
      state.count++;
      break;
    case "mark":
      message.done(state.count);
      break;
    case "get":
      dispatch(message.sender, { kind: "is", count: state.count });
  }
  return state;
}

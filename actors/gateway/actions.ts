import type { ClientFrames, ServerFrame } from "../../protocols/client-frames.ts";
import type { ActionAnswer } from "../../runtime/net/route.ts";
import { noteCall } from "./answered.ts";
import { awaitAnswer } from "./connection-state.ts";
import type { ConnectionContext, ConnectionState } from "./connection-state.ts";
import { refusalOfFault, refusedFrame } from "./refusals.ts";

/** Calls an action of any route of the listener: which there are is the features' business alone. */
export function runAction(
  state: ConnectionState,
  call: ClientFrames["call"],
  context: ConnectionContext,
): void {
  const { client, host } = state;
  const found = host.table.resolve(call);
  if (found.kind === "refused") {
    noteCall(state, call, 400, 0);
    context.tell(client.outlet, { kind: "send", frame: refusedFrame({ ...found.refusal, id: call.id }) });
    return;
  }
  const beganMs = context.nowMs();
  const answer = found.action.handle(found.body as never, client, context);
  if (!(answer instanceof Promise)) {
    noteCall(state, call, statusOf(answer), context.nowMs() - beganMs);
    context.tell(client.outlet, { kind: "send", frame: answerFrame(call.id, answer) });
    return;
  }
  awaitAnswer(state, call);
  context.pipeToSelf(answer, (outcome) => {
    noteCall(state, call, outcome.ok ? statusOf(outcome.value) : 500, context.nowMs() - beganMs);
    if (outcome.ok) return { kind: "answered", to: call, frame: answerFrame(call.id, outcome.value) };
    const refusal = refusalOfFault(outcome.error);
    if (refusal instanceof Error) return { kind: "failed", error: refusal };
    return { kind: "answered", to: call, frame: refusedFrame({ ...refusal, id: call.id }) };
  });
}

function statusOf({ kind }: ActionAnswer): 200 | 400 {
  return kind === "answered" ? 200 : 400;
}

function answerFrame(id: number, answer: ActionAnswer): ServerFrame {
  return answer.kind === "answered"
    ? { kind: "answered", id, body: answer.body }
    : refusedFrame({ ...answer, id });
}

import { Session } from "node:inspector";
import type { Debugger } from "node:inspector";
import type { Flight } from "./block.ts";

/** Frames of a stack that are kept. */
const STACK_FRAMES_MAX = 30;
/** How long the main thread may take to stop at a JavaScript instruction; a native call cannot be interrupted. */
const PAUSE_WITHIN_MS = 200;
/** The method of a cell that stands on the stack while one of its handlers does. */
const CELL_METHOD = "run";
/** Asks the cell on the stack what it is doing. */
const FLIGHT_EXPRESSION = "typeof this?.flight === 'function' ? this.flight() : ''";

/** What the main thread was found doing. */
export interface Snapshot {
  readonly stack: readonly string[];
  readonly flight: Flight | undefined;
}

/**
 * Stops the main thread for a moment, from another thread, to see where it is; then lets it go on. The inspector is
 * attached only for this moment, so a healthy process pays nothing.
 */
export function snapshotMainThread(): Promise<Snapshot> {
  const session = new Session();
  session.connectToMainThread();
  return new Promise((resolve) => {
    const files = new Map<string, string>();
    const finish = (snapshot: Snapshot): void => {
      clearTimeout(limit);
      session.post("Debugger.resume");
      session.disconnect();
      resolve(snapshot);
    };
    const limit = setTimeout(() => finish({ stack: ["(native code)"], flight: undefined }), PAUSE_WITHIN_MS);
    session.on("Debugger.scriptParsed", ({ params }) => files.set(params.scriptId, params.url));
    session.once("Debugger.paused", ({ params }) => {
      const stack = params.callFrames.slice(0, STACK_FRAMES_MAX).map((frame) => describeFrame(frame, files));
      askFlight(session, params.callFrames, (flight) => finish({ stack, flight }));
    });
    session.post("Debugger.enable");
    session.post("Debugger.pause");
  });
}

function describeFrame(
  { functionName, location }: Debugger.CallFrame,
  files: ReadonlyMap<string, string>,
): string {
  const file = files.get(location.scriptId) ?? "";
  return `${functionName === "" ? "(anonymous)" : functionName} (${file}:${location.lineNumber + 1})`;
}

/** Asks the innermost cell on the stack. Others have methods of that name too, and are passed over. */
function askFlight(
  session: Session,
  frames: readonly Debugger.CallFrame[],
  then: (flight: Flight | undefined) => void,
): void {
  const [frame, ...outer] = frames.filter(({ functionName }) => functionName === CELL_METHOD);
  if (frame === undefined) return then(undefined);
  const question = { callFrameId: frame.callFrameId, expression: FLIGHT_EXPRESSION, returnByValue: true };
  session.post(
    "Debugger.evaluateOnCallFrame",
    question,
    (_error, answer?: Debugger.EvaluateOnCallFrameReturnType) => {
      const text: unknown = answer?.result.value;
      if (typeof text !== "string" || text === "") return askFlight(session, outer, then);
      then(JSON.parse(text) as Flight);
    },
  );
}

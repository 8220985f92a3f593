/** Where an error of the application's own functions goes. */
export type ReportError = (error: unknown) => void;

/** Reports an error as uncaught, as any error in an event handler is, but behind what is being handled now. */
export const throwLater: ReportError = (error) =>
  queueMicrotask(() => {
    throw error;
  });

/** Calls a function of the application; what it throws must not keep the frames behind it from being handled. */
export function callSafely(call: () => void, report: ReportError): void {
  try {
    call();
  } catch (error) {
    report(error);
  }
}

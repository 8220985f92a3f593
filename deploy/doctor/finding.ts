/** What a check found, from `ok`, `warn` or `fail`. */
export interface Finding {
  readonly level: "ok" | "warn" | "fail";
  /** What was looked at, in two or three words. */
  readonly subject: string;
  readonly text: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** All is well. */
export function ok(subject: string, text: string): Finding {
  return { level: "ok", subject, text };
}

/** It works, but not as well or not for everything. */
export function warn(subject: string, text: string, advice: string): Finding {
  return { level: "warn", subject, text, advice };
}

/** A node would not start, or not run soundly. */
export function fail(subject: string, text: string, advice: string): Finding {
  return { level: "fail", subject, text, advice };
}

/** What a check found. `warn`: it works, but not as well or not for everything; `fail`: a node would not start or not run soundly. */
export interface Finding {
  readonly level: "ok" | "warn" | "fail";
  /** What was looked at, in two or three words. */
  readonly subject: string;
  readonly text: string;
  /** What to do about it. */
  readonly advice?: string;
}

export function ok(subject: string, text: string): Finding {
  return { level: "ok", subject, text };
}

export function warn(subject: string, text: string, advice: string): Finding {
  return { level: "warn", subject, text, advice };
}

export function fail(subject: string, text: string, advice: string): Finding {
  return { level: "fail", subject, text, advice };
}

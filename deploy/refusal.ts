/** What a command's exit code says, so that scripts and supervisors can tell the cases apart. */
export const EXIT_CODES = {
  /** It did what it was asked to do. */
  ok: 0,
  /** It failed while it ran. */
  failed: 1,
  /** The command line makes no sense. */
  usage: 2,
  /** A port or a node is not available. */
  unavailable: 69,
  /** The settings or the data directory are refused. */
  settings: 78,
} as const;

export type ExitReason = keyof typeof EXIT_CODES;

/** A command cannot go on, and its operator must read why: printed as it is, without a stack. */
export class Refusal extends Error {
  readonly reason: ExitReason;

  constructor(reason: ExitReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "Refusal";
    this.reason = reason;
  }

  get exitCode(): number {
    return EXIT_CODES[this.reason];
  }
}

/** The reason that an exit code stands for; `failed` for one that is not ours. */
export function reasonOf(exitCode: number): ExitReason {
  const found = Object.entries(EXIT_CODES).find(([, code]) => code === exitCode);
  return (found?.[0] as ExitReason | undefined) ?? "failed";
}

import type { AlertRule } from "../../protocols/alert-settings.ts";

/** How a rule counts bad and good blocks. */
export interface Terms {
  /** So many blocks have to be bad ... */
  readonly bad: number;
  /** ... out of so many. */
  readonly within: number;
  /** So many in a row have to be good until it is over. */
  readonly good: number;
  /** How long after a deployment blocks are neither, in milliseconds. */
  readonly muteMs: number;
}

const BASELINE = { bad: 2, within: 3, muteMs: 900_000 } as const;

/** The terms of a rule, with what its kind says where the rule says nothing. Pure. */
export function termsOf(rule: Pick<AlertRule, "kind" | "for" | "within" | "keepFiring" | "muteMs">): Terms {
  const isBaseline = rule.kind === "baseline";
  const bad = rule.for ?? (isBaseline ? BASELINE.bad : 1);
  const within = rule.within ?? (isBaseline ? BASELINE.within : bad);
  return {
    bad,
    within: Math.max(bad, within),
    good: rule.keepFiring,
    muteMs: rule.muteMs ?? (isBaseline ? BASELINE.muteMs : 0),
  };
}

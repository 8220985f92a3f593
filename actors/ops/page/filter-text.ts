// Pure: what is asked for by what somebody has typed.

const OPERATOR = /[=<>~]/;

/** The filter for the operators' port: conditions as they are, such as `restarts>0`; plain words are looked for in names and types. */
export function filterOf(typed: string): string | undefined {
  const text = typed.trim();
  if (text === "") return undefined;
  return OPERATOR.test(text) ? text : `any~${text}`;
}

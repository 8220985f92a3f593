/** What an operator has said to Node of this process, on its command line and in the environment. */
export function nodeOptions(): string {
  return [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""].join(" ");
}

/** The flags that may be given to Node: those of which an operator has said nothing, who knows better. Pure. */
export function flagsUnless(said: string, flags: readonly string[]): readonly string[] {
  const names = new Set(said.split(/\s+/).map(nameOf));
  return flags.filter((flag) => !names.has(nameOf(flag)));
}

/** Node takes dashes and underscores for the same. */
function nameOf(flag: string): string {
  return (flag.split("=")[0] ?? "").replaceAll("_", "-");
}

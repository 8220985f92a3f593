const HOOK = new URL("./roles-hook.js", import.meta.url);

/** The environment in which the program, and each worker of a host, takes a module of the tests for `deploy/roles.ts`. */
export function withRoles(standIn: URL): { readonly NODE_OPTIONS: string } {
  return { NODE_OPTIONS: `--import ${HOOK.href}?roles=${encodeURIComponent(standIn.href)}` };
}

const HOOK = new URL("./roles-hook.js", import.meta.url);

/** The environment in which the program, and each worker of a host, takes a module of the tests for `deploy/roles.ts`. */
export function withRoles(standIn: URL): { readonly NODE_OPTIONS: string } {
  return withStandIns({ "deploy/roles.js": standIn });
}

/** The same for other modules: by the path of what they stand in for. */
export function withStandIns(standIns: Readonly<Record<string, URL>>): { readonly NODE_OPTIONS: string } {
  const imports = Object.entries(standIns).map(([meant, { href }]) => {
    return `--import ${HOOK.href}?meant=${encodeURIComponent(meant)}&standIn=${encodeURIComponent(href)}`;
  });
  return { NODE_OPTIONS: imports.join(" ") };
}

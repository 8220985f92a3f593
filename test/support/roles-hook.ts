/** Loaded with `--import …/roles-hook.js?roles=<URL of a module>`: has the program take that module for its roles. */
import { register } from "node:module";

const roles = new URL("../../deploy/roles.js", import.meta.url).href;
const standIn = new URL(import.meta.url).searchParams.get("roles");

const hook = `
export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  const isMeant = found.url === ${JSON.stringify(roles)} && context.parentURL !== ${JSON.stringify(standIn)};
  return isMeant ? { ...found, url: ${JSON.stringify(standIn)} } : found;
}`;

register(`data:text/javascript,${encodeURIComponent(hook)}`);

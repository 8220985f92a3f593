/** Loaded with `--import …/roles-hook.js?meant=<PATH>&standIn=<URL>`: has the program take that module for one of its own. */
import { register } from "node:module";

const { searchParams } = new URL(import.meta.url);
const meant = new URL(`../../${searchParams.get("meant")}`, import.meta.url).href;
const standIn = searchParams.get("standIn");

const hook = `
export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  const isMeant = found.url === ${JSON.stringify(meant)} && context.parentURL !== ${JSON.stringify(standIn)};
  return isMeant ? { ...found, url: ${JSON.stringify(standIn)} } : found;
}`;

register(`data:text/javascript,${encodeURIComponent(hook)}`);

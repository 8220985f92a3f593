import { isJson } from "./json-answer.ts";
import type { Json } from "./json-answer.ts";
import type { SlsCredentials } from "./credentials-keeper.ts";

/** A text that holds no key: why not, and never the text itself. */
export class UnfitCredentials extends Error {
  override readonly name = "UnfitCredentials";
}

/** As the token service and the metadata of a machine write them, and as people do. */
const NAMES = {
  id: ["AccessKeyId", "accessKeyId"],
  secret: ["AccessKeySecret", "accessKeySecret"],
  token: ["SecurityToken", "securityToken"],
  expiration: ["Expiration", "expiration"],
} as const;

/** Reads a key in JSON, `AccessKeyId`, `AccessKeySecret` and, of a temporary one, `SecurityToken` and `Expiration` (ISO 8601). Pure. @throws UnfitCredentials */
export function readCredentials(text: string): SlsCredentials {
  const json = parse(text);
  const [accessKeyId, accessKeySecret] = [textIn(json, NAMES.id), textIn(json, NAMES.secret)];
  if (accessKeyId === undefined) throw new UnfitCredentials("it has no AccessKeyId");
  if (accessKeySecret === undefined) throw new UnfitCredentials("it has no AccessKeySecret");
  const securityToken = textIn(json, NAMES.token);
  const expiration = textIn(json, NAMES.expiration);
  const expiresAtMs = expiration === undefined ? undefined : Date.parse(expiration);
  if (Number.isNaN(expiresAtMs)) throw new UnfitCredentials("its Expiration is no time in ISO 8601");
  return { accessKeyId, accessKeySecret, securityToken, expiresAtMs };
}

function parse(text: string): Json {
  try {
    const json = JSON.parse(text) as unknown;
    if (isJson(json)) return json;
  } catch {
    // What the parser says repeats what it has read.
  }
  throw new UnfitCredentials("it is no object of JSON");
}

function textIn(json: Json, names: readonly string[]): string | undefined {
  const found = names.map((name) => json[name]).find((value) => typeof value === "string" && value !== "");
  return found as string | undefined;
}

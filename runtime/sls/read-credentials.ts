import { isJson } from "./json-answer.ts";
import type { Json } from "./json-answer.ts";
import type { SlsCredentials } from "./credentials-keeper.ts";

/** A text that holds no key: why not, and never the text itself. */
export class UnfitCredentials extends Error {
  override readonly name = "UnfitCredentials";
}

/** As the services of Alibaba Cloud write them, and as people do. */
const NAMES = {
  id: ["AccessKeyId", "accessKeyId"],
  secret: ["AccessKeySecret", "accessKeySecret"],
  token: ["SecurityToken", "securityToken"],
  expiration: ["Expiration", "expiration"],
} as const;

/**
 * Reads a key in JSON, `AccessKeyId`, `AccessKeySecret` and, of a temporary one, `SecurityToken` and `Expiration` (ISO 8601): as they stand, as the metadata of a machine have them, or under `Credentials`
 * as in the whole answer of the token service. Pure. @throws UnfitCredentials
 */
export function readCredentials(text: string): SlsCredentials {
  const whole = parse(text);
  const json = isJson(whole["Credentials"]) ? whole["Credentials"] : whole;
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

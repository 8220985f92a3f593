import { PATTERNS } from "../../protocols/patterns.ts";
import type { TLocalizedValidationError } from "typebox/error";

/** What is wrong with a value from outside: where, as a JSON pointer ("" is the whole value), and the rule in words. */
export interface Violation {
  readonly field: string;
  readonly text: string;
}

/** How much of a pointer an error repeats: names in it may be the client's. */
const FIELD_CHARACTERS_MAX = 200;

/** Puts the first error of a compiled schema into words that name the limit. */
export function violationOf(errors: readonly TLocalizedValidationError[]): Violation {
  const [error] = errors;
  if (error === undefined) return { field: "", text: "is not valid" };
  return { field: fieldOf(error).slice(0, FIELD_CHARACTERS_MAX), text: ruleOf(error) };
}

/** The pointer to a member of an object (RFC 6901). */
export function pointerTo(parent: string, name: string): string {
  return `${parent}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

function fieldOf(error: TLocalizedValidationError): string {
  if (error.keyword === "required") {
    return pointerTo(error.instancePath, error.params.requiredProperties[0] ?? "");
  }
  return error.instancePath;
}

function ruleOf(error: TLocalizedValidationError): string {
  switch (error.keyword) {
    case "required":
      return "is missing";
    case "boolean":
      return "is not allowed here";
    case "type":
      return `must be ${withArticle(String(error.params.type))}`;
    case "const":
      return `must be ${JSON.stringify(error.params.allowedValue)}`;
    case "enum":
      return `must be one of ${error.params.allowedValues.join(", ")}`;
    case "pattern":
      return `must be ${inWords(String(error.params.pattern))}`;
    default:
      return limitOf(error);
  }
}

function limitOf(error: TLocalizedValidationError): string {
  switch (error.keyword) {
    case "minimum":
      return `must be at least ${error.params.limit}`;
    case "maximum":
      return `must be at most ${error.params.limit}`;
    case "minLength":
      return `must have at least ${error.params.limit} characters`;
    case "maxLength":
      return `must have at most ${error.params.limit} characters`;
    case "minItems":
      return `must have at least ${error.params.limit} items`;
    case "maxItems":
      return `must have at most ${error.params.limit} items`;
    case "maxProperties":
      return `must have at most ${error.params.limit} fields`;
    default:
      return error.message;
  }
}

function inWords(pattern: string): string {
  return PATTERNS.find(({ source }) => source === pattern)?.words ?? `a text that matches ${pattern}`;
}

function withArticle(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

import Type from "typebox";
import type { Fields } from "./protocol.ts";

/** The body of every HTTP answer that says why not, on whichever port. */
export const RefusalFields = {
  code: Type.String({ description: "for programs" }),
  field: Type.Optional(Type.String({ description: "the parameter or field that is wrong" })),
  text: Type.String({ description: "for people: what was found and what is allowed" }),
} as const satisfies Fields;

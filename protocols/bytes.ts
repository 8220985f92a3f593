import Type from "typebox";

/** The schema of a field that holds bytes: it travels and is stored as it is, and means nothing in JSON. */
export const bytes = () => Type.Unsafe<Uint8Array>({ title: "bytes" });

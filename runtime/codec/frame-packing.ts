/** How frames are packed at both ends: without records, which only msgpackr knows, so that any msgpack library can read them. */
export const FRAME_PACKING = {
  useRecords: false,
  variableMapSize: true,
  encodeUndefinedAsNil: true,
  int64AsType: "number",
} as const;

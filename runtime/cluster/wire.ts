/** The versions of what members say to each other that this program speaks. */
export const WIRE = { min: 1, max: 1 } as const;

/** Whether scopes allow something at all, such as `push`, be it for some targets only. Pure. */
export function allowsSome(scopes: readonly string[], action: string): boolean {
  return scopes.some((scope) => scope === action || scope.startsWith(`${action}:`));
}

/** Whether scopes allow something for a target: `push` allows all, `push:live/*` what begins with `live/`. Pure. */
export function allows(scopes: readonly string[], action: string, target: string): boolean {
  return scopes.some((scope) => {
    if (scope === action) return true;
    if (!scope.startsWith(`${action}:`)) return false;
    const pattern = scope.slice(action.length + 1);
    return pattern.endsWith("*") ? target.startsWith(pattern.slice(0, -1)) : target === pattern;
  });
}

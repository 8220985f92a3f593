import type { FeatureParts } from "./feature.ts";
import type { Route } from "./net/route.ts";

/**
 * The operators' routes of all features, each behind its own guard or behind the one that a feature brings for all.
 * @throws RangeError when there is a route that nothing would guard
 */
export function guardedRoutes(features: readonly FeatureParts[]): Route[] {
  const guard = features.find(({ operatorGuard }) => operatorGuard !== undefined)?.operatorGuard;
  return features.flatMap(({ operatorRoutes = [] }) =>
    operatorRoutes.map((route) => {
      const auth = route.auth ?? guard;
      if (auth === undefined) throw new RangeError(`operators' route ${route.path} has no guard`);
      return { ...route, auth };
    }),
  );
}

import { auditedRoute, isActing } from "./audit/audited-route.ts";
import type { FeatureParts } from "./feature.ts";
import type { Route } from "./net/route.ts";

/**
 * The operators' routes of all features, each behind its own guard or behind the one that a feature brings for all, and
 * with everything that they do in the audit.
 * @throws RangeError when there is a route that nothing would guard, or one that acts and nothing would audit
 */
export function guardedRoutes(features: readonly FeatureParts[]): Route[] {
  const guard = features.find(({ operatorGuard }) => operatorGuard !== undefined)?.operatorGuard;
  const audit = features.find(({ operatorAudit }) => operatorAudit !== undefined)?.operatorAudit;
  return features.flatMap(({ operatorRoutes = [] }) =>
    operatorRoutes.map((route) => {
      const auth = route.auth ?? guard;
      if (auth === undefined) throw new RangeError(`operators' route ${route.path} has no guard`);
      if (!isActing(route)) return { ...route, auth };
      if (audit === undefined) throw new RangeError(`operators' route ${route.path} has no audit`);
      return { ...auditedRoute(route, audit), auth };
    }),
  );
}

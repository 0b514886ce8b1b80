import { notLoaded } from './notLoaded.ts'
import type { Engine, InstallPlan, PlanOptions } from './types.ts'

/**
 * Looks up what an install would do and sends nothing that changes anything. Credentials are those
 * configured; a person is asked for none.
 *
 * @throws InstallError as the install itself would at this point, and EngineError `invalid-setting` where
 * a setting is invalid, `invalid-option` where the policy is
 */
export async function planInstall(engine: Engine, options: PlanOptions): Promise<InstallPlan> {
  const { makePlan } = await import('./makePlan.ts').catch(notLoaded)
  return makePlan(engine, options)
}

import type { ConsentDecision, ConsentRequest } from '../../machines/plugin-install/types.ts'
import { notLoaded } from './notLoaded.ts'
import type { Engine, PlanOptions } from './types.ts'

/** What an install would do. */
export interface InstallPlan {
  /** What somebody, or the policy, is asked to agree to. */
  request: ConsentRequest
  /** `undefined`: a person is asked. */
  consent: ConsentDecision
  /** The plugin is there as asked for, and stays as it is. */
  present: boolean
  /** The requests that change the engine, in their order, as long as nothing fails. */
  requests: string[]
}

/**
 * Looks up what an install would do and sends nothing that changes anything. Credentials are those
 * configured; nobody is asked for others.
 *
 * @throws InstallError as the install itself would at this point, and EngineError `invalid-setting` where
 * the settings cannot be read, `invalid-option` where the policy cannot be used
 */
export async function planInstall(engine: Engine, options: PlanOptions): Promise<InstallPlan> {
  const { makePlan } = await import('./makePlan.ts').catch(notLoaded)
  return makePlan(engine, options)
}

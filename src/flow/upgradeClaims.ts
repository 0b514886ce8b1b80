import { EngineError } from '../../machines/errors.ts'
import { engineKey } from './engineKey.ts'
import type { Engine } from './types.ts'

interface Claim {
  /** Of the run, which is its alone. */
  copyName: string
}

/** Upgrades under way in this process, by their engine and then by the plugin. */
const claims = new Map<string | Engine, Map<string, Claim>>()

/**
 * The claim of one upgrade on its plugin. Of two at once the later end wins (recording `upgrade.two-at-once-slow`), with the
 * settings of both.
 */
export function ownClaim(engine: Engine) {
  const key = engineKey(engine)
  let own: { plugin: string; claim: Claim } | undefined
  let isOver = false
  return {
    /**
     * A run that is taken up again has the claim that it had.
     *
     * @throws EngineError `upgrade-under-way`
     */
    claim(plugin: string, copyName: string): void {
      const claimed = claims.get(key) ?? new Map<string, Claim>()
      const other = claimed.get(plugin)
      if (other && other.copyName !== copyName) {
        const words = `another upgrade of ${plugin} is under way in this process; its copy is ${other.copyName}`
        throw new EngineError('upgrade-under-way', words)
      }
      // A look that was under way when its run ended claims nothing.
      if (isOver) return
      own = { plugin, claim: { copyName } }
      claims.set(key, claimed.set(plugin, own.claim))
    },
    forget(): void {
      isOver = true
      const claimed = claims.get(key)
      if (!own || claimed?.get(own.plugin) !== own.claim) return
      claimed.delete(own.plugin)
      if (claimed.size === 0) claims.delete(key)
    },
  }
}

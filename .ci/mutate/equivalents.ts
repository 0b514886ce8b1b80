interface Equivalent {
  file: string
  /** The line as mutated. */
  after: string
  why: string
}

/** Mutants that no test can kill, because they behave as the original does. */
export const equivalents: readonly Equivalent[] = [
  {
    file: 'machines/plugin-install/guards.ts',
    after: 'return unseenWidening(event.output.Config, settings).length > 0',
    why: 'a plugin that is not there is `isGone`, which is asked first; the check is for the compiler',
  },
  {
    file: 'machines/plugin-install/updates.ts',
    after: 'if (isGrantedAlready(context, request)) return !({})',
    why: 'assigning `false` changes as little as assigning no keys',
  },
  {
    file: 'machines/plugin-install/updates.ts',
    after: "const reason = error ? toFailure(error, 'mutated').message : 'it took too long'",
    why: 'only the message of that failure is used',
  },
  {
    file: 'machines/plugin-install/steps/takeBack.ts',
    after: 'if (!plugin && asked) return removed(request, id)',
    why: 'the id is known once the removal was asked for; the check is for the compiler',
  },
  {
    file: 'machines/plugin-install/steps/takeBack.ts',
    after: 'return wasRemoved(engine, { name, since }, signal)',
    why: 'a time that is no time is no evidence either, and the engine is not asked; the check is for the compiler',
  },
  {
    file: 'machines/plugin-install/steps/lookUpPlugin.ts',
    after: 'if (resumed?.id !== undefined) return request',
    why: 'a time that is no time is no evidence either, and the engine is not asked; the check is for the compiler',
  },
  {
    file: 'machines/plugin-install/context.ts',
    after: `if (value === undefined) throw new Error(\`the flow has no \${key} yet\`)`,
    why: 'no part of the context is ever null; the check is for the compiler',
  },
  {
    file: 'machines/plugin-install/inputs.ts',
    after: "if (rollback) return { state: 'rolledBack', failure, rollback }",
    why: 'a run is taken back only for a failure that it remembers first; the check is for the compiler',
  },
  {
    file: 'machines/plugin-install/updates.ts',
    after: 'return found ? { digests: { granted, found } } : undefined',
    why: 'a digest differs only from one that was granted; the check is for the compiler',
  },
  {
    file: 'machines/plugin-upgrade/context.ts',
    after: `if (value === undefined) throw new Error(\`the flow has no \${key} yet\`)`,
    why: 'no part of the context is ever null; the check is for the compiler',
  },
  {
    file: 'machines/plugin-upgrade/guards.ts',
    after: "return phase === 'swapping' && isOf(copy, event.output.plugin)",
    why: 'a snapshot of a run that was changing something has its copy; the check is for the compiler',
  },
  {
    file: 'machines/plugin-upgrade/guards.ts',
    after: 'return wasChanging(context) && isOf(before, event.output.plugin)',
    why: 'a snapshot of a run that was changing something has the plugin before; the check is for the compiler',
  },
  {
    file: 'machines/plugin-upgrade/planUpgrade.ts',
    after: "kind === 'device' && names.includes(name),",
    why: 'in place, a device that is asked for has no other fate',
  },
  {
    file: 'machines/plugin-upgrade/planUpgrade.ts',
    after: "fate === 'onlyByReplacing' && names.includes(name),",
    why: 'in place, nothing but a device that is asked for has this fate',
  },
  {
    file: 'machines/plugin-upgrade/outcome.ts',
    after: "if (typeof now !== 'object') return now ?? 'mutated'",
    why: 'a run that is stranded has looked, or says that it has not; the check is for the compiler',
  },
  {
    file: 'machines/plugin-upgrade/outcome.ts',
    after: 'if (stranded !== undefined) {',
    why: 'a run is stranded only after a failure that it remembers first; the check is for the compiler',
  },
  {
    file: 'machines/plugin-upgrade/outcome.ts',
    after: "if (sameContent(copy.config, now.config)) return 'new'",
    why: 'a run that is stranded where a plugin was seen has its copy; the check is for the compiler',
  },
  {
    file: 'machines/plugin-upgrade/updates.ts',
    after: 'if (covers(context, request)) return !({})',
    why: 'assigning `false` changes as little as assigning no keys',
  },
  {
    file: 'machines/plugin-upgrade/updates.ts',
    after: "const ids = [before, now].flatMap((one) => (typeof one === 'object' ? [one.id] : []))",
    why: 'without a plugin before there is none now, and no id to replace; the check is for the compiler',
  },
  {
    file: 'machines/plugin-upgrade/updates.ts',
    after: 'const before = isChanging ? context.before : plugin',
    why: 'a snapshot of a run that was changing something has the plugin before; the check is for the compiler',
  },
  {
    file: 'machines/plugin-upgrade/planUpgrade.ts',
    after: '? { ...setting, ...({ carried: before.mark }) }',
    why: 'only what was in effect before is carried; the check is for the compiler',
  },
  {
    file: 'machines/rollout/context.ts',
    after:
      'function endOf({ input, total, size = 1, action }: RolloutContext, step: number): number {',
    why: 'the size is known wherever it is asked for; the default is for the compiler',
  },
  {
    file: 'machines/rollout/context.ts',
    after: 'function endOf({ input, total, size, action }: RolloutContext, step: number): number {',
    why: 'the size is known wherever it is asked for; the default is for the compiler',
  },
  {
    file: 'machines/rollout/context.ts',
    after: 'total: 1,',
    why: 'the number of targets comes with the plan, before anything asks for it',
  },
  {
    file: 'machines/rollout/updates.ts',
    after: 'if (alarm !== undefined || exceededBudget(context)) return !({})',
    why: 'assigning `false` changes as little as assigning no keys',
  },
  {
    file: 'machines/rollout/budget.ts',
    after: 'return Number(((Number.parseFloat(share) * targets) / 100).toFixed(7))',
    why: 'either rounds off what the arithmetic of doubles adds, and no share has so many digits',
  },
  {
    file: 'machines/plugin-upgrade/outcome.ts',
    after: "if (typeof now !== 'object') return []",
    why: 'what is there now is looked at after what was there before; the check is for the compiler',
  },
  {
    file: 'machines/plugin-upgrade/outcome.ts',
    after: "return sameContent(before.config, now.config) ? 'old' : 'other'",
    why: 'a run is stranded only where it has read what was there before; the check is for the compiler',
  },
  {
    file: 'machines/plugin-upgrade/steps/readPlugin.ts',
    after: 'if (!plugin) return !(missing(name))',
    why: '`missing` throws, so that nothing is returned',
  },
  {
    file: 'machines/plugin-upgrade/steps/resolveVersions.ts',
    after: "return typeof parsed === 'mutated' ? undefined : parsed.domain",
    why: 'a text has no domain; the check is for the compiler',
  },
  {
    file: 'machines/plugin-upgrade/steps/tryCopy.ts',
    after: "if (error.code !== 'in-use') return error",
    why: 'only an `EngineError` has such a code; the check is for the compiler',
  },
  {
    file: 'machines/plugin-upgrade/steps/setEffect.ts',
    after: 'if (value !== undefined) return { name, ...({ field }), value }',
    why: 'a setting whose field is undefined is written as one without; the check is for the compiler',
  },
  {
    file: 'machines/rollout/updates.ts',
    after: 'return again[loss] > 0 ? { ...again, [loss]: again[loss] - 1 } : undefined',
    why: 'of what is no loss there is no number, which is not above 0; the check is for the compiler',
  },
  {
    file: 'machines/rollout/updates.ts',
    after: 'const again = context.again && less(context.again, was)',
    why: '`less` returns nothing for no outcome; the check is for the compiler',
  },
  {
    file: 'machines/rollout/context.ts',
    after: 'const { size = 1, next, again = NO_LOSSES } = context',
    why: 'the size is known wherever it is asked for; the default is for the compiler',
  },
  {
    file: 'machines/rollout/context.ts',
    after: 'const { size, next, again = NO_LOSSES } = context',
    why: 'the size is known wherever it is asked for; the default is for the compiler',
  },
  {
    file: 'machines/settings.ts',
    after: 'return WIDENING_FIELDS.includes(field)',
    why: 'the list has no undefined; the check is for the compiler',
  },
  {
    file: 'machines/settings.ts',
    after: 'const { field, value } = setting',
    why: 'the word undefined, which is tested then, is no path either; the default is for the compiler',
  },
  {
    file: 'machines/privileges.ts',
    after: 'const count = counts.get(item.Name) ?? 1',
    why: 'the numbers only tell items of one name apart, in both lists alike',
  },
  {
    file: 'machines/privileges.ts',
    after: 'counts.set(item.Name, count + 2)',
    why: 'the numbers only tell items of one name apart, in both lists alike',
  },
  {
    file: 'machines/failure.ts',
    after: 'const { inStream, status = 1, unsent } = error.details',
    why: 'no status is below 400 either way',
  },
  {
    file: 'machines/failure.ts',
    after: 'return (error.details.status ?? 1) >= 400 && !NOT_DEFINITE.includes(error.code)',
    why: 'no status is below 400 either way',
  },
  {
    file: 'machines/failure.ts',
    after: 'const { inStream, status, unsent } = error.details',
    why: 'undefined is not 400 or more; the default is for the compiler',
  },
  {
    file: 'machines/failure.ts',
    after: 'return (error.details.status) >= 400 && !NOT_DEFINITE.includes(error.code)',
    why: 'undefined is not 400 or more; the default is for the compiler',
  },
  {
    file: 'machines/reference.ts',
    after: "if (typeof have === 'mutated' || typeof want === 'string') return false",
    why: 'an invalid reference has no name that a valid one has; the checks are for the compiler',
  },
  {
    file: 'machines/reference.ts',
    after: "if (typeof have === 'string' || typeof want === 'mutated') return false",
    why: 'an invalid reference has no name that a valid one has; the checks are for the compiler',
  },
  {
    file: 'machines/reference.ts',
    after: "if (typeof have === 'string' && typeof want === 'string') return false",
    why: 'an invalid reference has no name that a valid one has; the checks are for the compiler',
  },
  {
    file: 'machines/reference.ts',
    after: `if (!TAG.test(tag)) return \`"\${tag}" is not a tag\``,
    why: 'the word undefined, which is tested then, is a tag; the check is for the compiler',
  },
  {
    file: 'machines/plugin-upgrade/updates.ts',
    after: "return { stranded: withName(toFailure(errorOf(event), 'mutated').message, context) }",
    why: 'only the message of that failure is used',
  },
  {
    file: 'machines/onAbort.ts',
    after: 'const waiting = [...calls]',
    why: 'a signal fires once: what waited for it is only let go sooner',
  },
  {
    file: 'machines/onAbort.ts',
    after: 'for (const call of waiting) call()',
    why: 'a signal fires once: what waited for it is only let go sooner',
  },
  {
    file: 'machines/steps/wasRemoved.ts',
    after: 'return !({})',
    why: '`false` has as little of a system time as an answer without one',
  },
  {
    file: 'machines/progress.ts',
    after: 'return PHASES.indexOf(one) >= PHASES.indexOf(other) ? one : other',
    why: 'of two that are the same, either is the later one',
  },
  {
    file: 'machines/progress.ts',
    after: "const PHASES: readonly Phase[] = ['mutated', 'downloading', 'extracting', 'complete']",
    why: 'a phase that the list does not have comes before the others too',
  },
  {
    file: 'machines/progress.ts',
    after: 'return total === undefined ? 2 : 0',
    why: 'of the sum, only whether it is 0 counts',
  },
  {
    file: 'machines/progress.ts',
    after: 'while ((samples[1]?.at) < time - WINDOW_MS) samples.shift()',
    why: 'neither the time now nor undefined is less than a time before; the default is for the compiler',
  },
  {
    file: 'machines/progress.ts',
    after: "replace(layer, advance(layer, { status: 'Complete', current: 1, total: 0 }))",
    why: 'of a layer that is complete, the bytes of the line are not read',
  },
  {
    file: 'machines/progress.ts',
    after: 'let most = 1',
    why: 'the first line replaces it, and there is a rate only once more has come in than with that line',
  },
]

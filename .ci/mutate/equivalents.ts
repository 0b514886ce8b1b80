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
    after: 'return !samePrivileges(computePrivileges(event.output.Config), privileges)',
    why: 'a plugin that is not there is `isGone`, which is asked first; the check is for the compiler',
  },
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
    file: 'machines/plugin-install/steps/changePlugin.ts',
    after: 'items?.filter(({ Name }) => !isSet(Name))',
    why: '`computePrivileges` reads a list that is undefined as one that is null; null is for the compiler',
  },
  {
    file: 'machines/plugin-install/updates.ts',
    after: 'return found ? { digests: { granted, found } } : undefined',
    why: 'a digest differs only from one that was granted; the check is for the compiler',
  },
]

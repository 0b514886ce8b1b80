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
    after: '{ ownership, hadContent, id, name, remote }: TakeBackRequest,',
    why: 'its one caller has filled it in; the default is for the compiler',
  },
]

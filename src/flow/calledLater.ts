type Calls<Methods> = { [Name in keyof Methods]: (...args: never[]) => Promise<unknown> }

/**
 * An object whose methods are loaded with the first call of one of them.
 *
 * @param names all of its methods
 */
export function calledLater<Methods extends Calls<Methods>>(
  names: Readonly<Record<keyof Methods, true>>,
  load: () => Promise<Methods>,
): Methods {
  const later = (name: keyof Methods) => {
    return async (...args: never[]) => (await load())[name](...args)
  }
  const methods = Object.keys(names).map((name) => [name, later(name as keyof Methods)])
  return Object.fromEntries(methods) as Methods
}

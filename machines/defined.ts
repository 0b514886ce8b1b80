type Defined<Fields> = {
  [Name in keyof Fields as undefined extends Fields[Name] ? never : Name]: Fields[Name]
} & {
  [Name in keyof Fields as undefined extends Fields[Name] ? Name : never]?: Exclude<
    Fields[Name],
    undefined
  >
}

/** An object without the fields that are undefined: a snapshot and an error have what is known and no more. */
export function defined<Fields extends object>(fields: Fields): Defined<Fields> {
  const known: Partial<Fields> = {}
  for (const name in fields) if (fields[name] !== undefined) known[name] = fields[name]
  return known as unknown as Defined<Fields>
}

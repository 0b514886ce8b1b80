/** As much of JSON Schema as the schemas of this project use; anything else is refused. */
export interface Schema {
  $ref?: string
  oneOf?: Schema[]
  type?: 'object' | 'array' | 'string' | 'boolean' | 'number' | 'integer'
  const?: unknown
  enum?: unknown[]
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: false | Schema
  propertyNames?: Schema
  items?: Schema
  minItems?: number
  maxItems?: number
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  pattern?: string
  $defs?: Record<string, Schema>
  $schema?: string
  title?: string
  description?: string
}

const PROSE = ['$schema', '$defs', 'title', 'description']

/** The violations of the schema by a value, a line each; empty when it conforms. */
export function violations(root: Schema, value: unknown, schema = root, at = '$'): string[] {
  return Object.entries(schema).flatMap(([keyword, wanted]) => {
    if (PROSE.includes(keyword)) return []
    const check = KEYWORDS[keyword]
    if (!check) throw new Error(`the schema uses ${keyword}, which is not checked`)
    return check({ root, value, schema, at }, wanted as never)
  })
}

interface Place {
  root: Schema
  value: unknown
  schema: Schema
  at: string
}

const KEYWORDS: Record<string, (place: Place, wanted: never) => string[]> = {
  $ref({ root, value, at }, wanted: string) {
    const found = root.$defs?.[wanted.replace('#/$defs/', '')]
    if (!found) throw new Error(`there is no ${wanted}`)
    return violations(root, value, found, at)
  },
  oneOf({ root, value, at }, wanted: Schema[]) {
    const tried = wanted.map((one) => violations(root, value, one, at))
    const fitting = tried.filter((problems) => problems.length === 0).length
    if (fitting === 1) return []
    const closest = tried.toSorted((one, other) => one.length - other.length)[0] ?? []
    return [`${at} is ${fitting} of ${wanted.length} forms`, ...closest]
  },
  type({ value, at }, wanted: string) {
    const type = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
    const isIt = wanted === 'integer' ? Number.isInteger(value) : type === wanted
    return isIt ? [] : [`${at} is ${type} and not ${wanted}`]
  },
  const: ({ value, at }, wanted: unknown) => (value === wanted ? [] : [`${at} is not ${wanted}`]),
  enum: ({ value, at }, wanted: unknown[]) =>
    wanted.includes(value) ? [] : [`${at} is not one of ${wanted.join(', ')}`],
  properties: ({ root, value, at }, wanted: Record<string, Schema>) =>
    Object.entries(wanted)
      .filter(([name]) => Object.hasOwn(Object(value), name))
      .flatMap(([name, schema]) => violations(root, Object(value)[name], schema, `${at}.${name}`)),
  required: ({ value, at }, wanted: string[]) =>
    wanted
      .filter((name) => !Object.hasOwn(Object(value), name))
      .map((name) => `${at}.${name} is not there`),
  additionalProperties: ({ root, value, schema, at }, wanted: false | Schema) =>
    Object.keys(Object(value))
      .filter((name) => !Object.hasOwn(schema.properties ?? {}, name))
      .flatMap((name) =>
        wanted
          ? violations(root, Object(value)[name], wanted, `${at}.${name}`)
          : [`${at}.${name} is not known`],
      ),
  propertyNames: ({ root, value, at }, wanted: Schema) =>
    Object.keys(Object(value)).flatMap((name) =>
      violations(root, name, wanted, `the name ${at}.${name}`),
    ),
  minItems: ({ value, at }, wanted: number) =>
    Array.isArray(value) && value.length < wanted ? [`${at} has less than ${wanted} items`] : [],
  maxItems: ({ value, at }, wanted: number) =>
    Array.isArray(value) && value.length > wanted ? [`${at} has more than ${wanted} items`] : [],
  minLength: ({ value, at }, wanted: number) =>
    String(value).length >= wanted ? [] : [`${at} is too short`],
  maxLength: ({ value, at }, wanted: number) =>
    String(value).length <= wanted ? [] : [`${at} is too long`],
  items: ({ root, value, at }, wanted: Schema) =>
    (Array.isArray(value) ? value : []).flatMap((item, index) =>
      violations(root, item, wanted, `${at}[${index}]`),
    ),
  minimum: ({ value, at }, wanted: number) =>
    Number(value) >= wanted ? [] : [`${at} is less than ${wanted}`],
  maximum: ({ value, at }, wanted: number) =>
    Number(value) <= wanted ? [] : [`${at} is more than ${wanted}`],
  pattern: ({ value, at }, wanted: string) =>
    new RegExp(wanted, 'u').test(String(value)) ? [] : [`${at} does not match ${wanted}`],
}

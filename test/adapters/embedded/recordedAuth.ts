import { accounts, identityToken } from './recordedWorld.ts'

const plain = { username: 'plain', password: accounts.plain, serveraddress: '127.0.0.1:5056' }
const special = { ...plain, username: 'special', password: accounts.special }
const wrong = { ...plain, password: 'wrong' }
const encode = (value: object, encoding: BufferEncoding = 'base64') =>
  Buffer.from(JSON.stringify(value)).toString(encoding)
const urlPadded = (value: object) => encode(value).replaceAll('+', '-').replaceAll('/', '_')

/** The same account in a JSON that is so much longer that its encoding needs so much padding. */
function padded(account: object, padding: 0 | 1 | 2): object {
  const fillers = ['', 'x', 'xx'].map((email) => ({ ...account, email }))
  return fillers.find((filled) => encode(filled).split('=').length - 1 === padding) as object
}

/** The value of `X-Registry-Auth` by the note of the recording from which it was removed. */
const values: Record<string, string> = {
  'credentials sent to a registry that asks for none': urlPadded(plain),
  'header is base64url of something that is not JSON':
    Buffer.from('not JSON!').toString('base64url'),
  'header is not base64 at all': '!!!!',
  'header that is not base64, to a registry that asks for none': '!!!!',
  'header is raw JSON, not encoded': JSON.stringify(plain),
  'header is the encoding of {}': urlPadded({}),
  'JSON whose encoding has - _ and =; base64url, padded': urlPadded(padded(special, 1)),
  'JSON whose encoding needs no padding': urlPadded(padded(plain, 0)),
  'JSON with the serveraddress of another registry': urlPadded({
    ...plain,
    serveraddress: '127.0.0.1:5999',
  }),
  'JSON without any byte that differs between the alphabets; standard alphabet, padded': encode(
    padded(plain, 1),
  ),
  'JSON {auth: base64(user:pass)} only': urlPadded({
    auth: Buffer.from(`plain:${accounts.plain}`).toString('base64'),
  }),
  'JSON {identitytoken} only, to a Basic registry': urlPadded({ identitytoken: identityToken }),
  'JSON {registrytoken} only, to a Basic registry': urlPadded({ registrytoken: 'token' }),
  'JSON {username,password} only': urlPadded({ username: 'plain', password: accounts.plain }),
  'the same JSON; base64url without padding': encode(padded(special, 1), 'base64url'),
  'the same JSON; standard alphabet (+ and /), padded': encode(padded(special, 1)),
  'the same JSON; standard alphabet without padding': encode(padded(special, 1)).replace('=', ''),
}

const endings: [ending: string, value: string][] = [
  [
    '{username,password,identitytoken} with a wrong password',
    urlPadded({ ...wrong, identitytoken: identityToken }),
  ],
  ['{username,identitytoken}', urlPadded({ username: 'plain', identitytoken: identityToken })],
  ['{identitytoken}', urlPadded({ identitytoken: identityToken })],
  ['{registrytoken}', urlPadded({ registrytoken: 'token' })],
  ['wrong password', urlPadded(wrong)],
  ['good auth', urlPadded(plain)],
  ['{username,password}', urlPadded(plain)],
  ['good auth, repository it lacks', urlPadded(plain)],
  ['padded base64url JSON {username,password,serveraddress}', urlPadded(plain)],
]

export function recordedAuth(note: string): string {
  const value = values[note] ?? endings.find(([ending]) => note.endsWith(ending))?.[1]
  if (value === undefined) throw new Error(`no credentials for: ${note}`)
  return value
}

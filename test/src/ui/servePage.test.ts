import { tmpdir } from 'node:os'
import * as assert from 'uvu/assert'
import { type Route, readPageFiles, servePage } from '../../../src/ui/servePage.ts'
import { suite } from '../../support/suite.ts'
import { ask, tokenOf } from './uiStage.ts'

async function askRoute(route: Route) {
  const routes = new Map([['route', route]])
  const served = await servePage({ port: 0, files: new Map(), page: 'index.html', routes })
  try {
    const url = `${new URL(served.url).origin}/route`
    return await ask(url, { headers: tokenOf(served.url) })
  } finally {
    await served.close()
  }
}

suite('servePage', (test) => {
  test('a fault of a route :: its words stay here', async () => {
    const { status, body } = await askRoute(() => {
      throw new TypeError('s3cret')
    })
    assert.equal([status, JSON.parse(body)], [500, { message: 'the server failed' }])
  })

  test('a fault of a route that has begun to answer :: the connection ends', async () => {
    const answer = askRoute((_path, _request, response) => {
      response.writeHead(200).write('begun')
      throw new TypeError('s3cret')
    })
    const { code } = await rejected(answer)
    assert.is(code, 'ECONNRESET')
  })

  test('a page that was not built :: says how to build it', async () => {
    const { message } = await rejected(readPageFiles(tmpdir()))
    assert.is(message, 'the page is not built: npm run build')
  })
})

function rejected(promise: Promise<unknown>): Promise<{ code?: string; message: string }> {
  return promise.then(
    () => assert.unreachable('it resolved'),
    (error) => error,
  )
}

import type { Agent } from 'node:http'
import axios, { type AxiosInstance } from 'axios'
import type { EngineAddress } from './dockerHost.ts'

/** An HTTP client for one engine, with every habit of axios' off that an engine is not for. */
export function axiosClient(
  address: EngineAddress,
  headers: Readonly<Record<string, string>>,
  agent: Agent,
): AxiosInstance {
  return axios.create({
    ...baseOf(address),
    httpAgent: agent,
    httpsAgent: agent,
    // A proxy of the environment would get the credentials, and a redirect loses the body.
    proxy: false,
    maxRedirects: 0,
    allowAbsoluteUrls: false,
    // An engine does not compress. Taking compressed answers would hide a cut: axios inflates
    // what came and reports no error.
    decompress: false,
    responseType: 'stream',
    validateStatus: null,
    transformRequest: [],
    transformResponse: [],
    headers: {
      common: {
        ...headers,
        Accept: 'application/json',
        'Accept-Encoding': false,
        'User-Agent': 'docker-plugin-flow',
      },
    },
  })
}

function baseOf(address: EngineAddress) {
  if ('socketPath' in address) {
    const { socketPath } = address
    return { baseURL: 'http://docker', socketPath, allowedSocketPaths: [socketPath] }
  }
  if ('ssh' in address) return { baseURL: 'http://docker' }
  const { secure, hostname, port, prefix } = address
  return { baseURL: `${secure ? 'https' : 'http'}://${hostname}:${port}${prefix}` }
}

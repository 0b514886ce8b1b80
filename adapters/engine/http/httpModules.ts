import type { AxiosStatic } from 'axios'
// @ts-expect-error The package has types for its main entry alone.
import axios from 'axios/dist/node/axios.cjs'

/** An import of `node:http` reads each of its exports, and with them loads all of `fetch` on Node.js 22 and newer. */
export const http = process.getBuiltinModule('node:http')

/** The same in axios: its CommonJS file, which is what `require` takes, reads only what it uses, and is one in place of sixty. */
export const { Axios, AxiosError, CanceledError, isAxiosError }: AxiosStatic = axios

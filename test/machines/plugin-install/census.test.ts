import { censusOf } from '../../support/census.ts'
import { listEdges } from '../../support/edges.ts'

censusOf(import.meta.dirname, listEdges)

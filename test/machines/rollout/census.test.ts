import { censusOf } from '../../support/census.ts'
import { listEdges } from '../../support/rolloutChart.ts'

censusOf(import.meta.dirname, listEdges)

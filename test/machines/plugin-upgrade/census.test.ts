import { censusOf } from '../../support/census.ts'
import { listEdges } from '../../support/upgradeChart.ts'

censusOf(import.meta.dirname, listEdges)

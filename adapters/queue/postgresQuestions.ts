import type { QuestionStore } from './store.ts'

/** Questions on PostgreSQL. Those of processes that have died are deleted with the next one that is asked. */
export function postgresQuestions(
  rows: <Row>(text: string, ...values: unknown[]) => Promise<Row[]>,
): QuestionStore {
  return {
    async ask(id, zone, question, ms) {
      await rows(
        `with over as (delete from plugin_flow.question where until < clock_timestamp())
         insert into plugin_flow.question (id, zone, question, until)
         values ($1, $2, $3, clock_timestamp() + $4 * interval '1 ms') on conflict do nothing`,
        id,
        zone ?? null,
        question,
        ms,
      )
    },
    async take(zone, ms) {
      const [taken] = await rows<{ id: string; question: string }>(
        `update plugin_flow.question set free = clock_timestamp() + $2 * interval '1 ms'
         where id = (
           select id from plugin_flow.question
           where ($1::text is null or zone = $1) and answer is null
             and free <= clock_timestamp() and until > clock_timestamp()
           order by free limit 1 for update skip locked
         )
         returning id, question`,
        zone ?? null,
        ms,
      )
      return taken
    },
    async answer(id, answer) {
      await rows('update plugin_flow.question set answer = $2 where id = $1', id, answer)
    },
    answers: (ids) =>
      rows(
        'select id, answer from plugin_flow.question where id = any($1) and answer is not null',
        ids,
      ),
    async forget(id) {
      await rows('delete from plugin_flow.question where id = $1', id)
    },
  }
}

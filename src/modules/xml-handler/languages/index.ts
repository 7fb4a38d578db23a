/** Phrases: what a call of a tenant hears when it is told to play one by its id or its name. */
import { document, element } from '../../../freeswitch/xml/write.ts'
import type { Answerer } from '../question.ts'

/**
 * A phrase of the call's tenant, or of nobody. Of several of a name the tenant's own comes before one of all tenants,
 * and one in the language of the call before others.
 */
const FIND = `WITH "found" AS (SELECT p."id" FROM "phrases" p LEFT JOIN "domains" d ON d."id" = p."domain_id"
    WHERE p."enabled" AND (p."id"::text = lower($1) OR p."name" = $1)
      AND (d."id" IS NULL OR (d."enabled" AND (d."id"::text = $3 OR d."name" = $4)))
    ORDER BY p."id"::text = lower($1) DESC, d."id" IS NULL, p."language" = $2 DESC, p."id" LIMIT 1)
  SELECT t."pfunction", t."data" FROM "found" f JOIN "phrase_details" t ON t."phrase_id" = f."id"
  ORDER BY t."sequence", t."id"`

/** The macro has the name that was asked for, since the switch takes no other. */
export const languages: Answerer = async ({ field }, database) => {
  const [name, language] = [field('macro_name'), field('lang')]
  if (name === '') return undefined
  const values = [name, language, field('variable_domain_uuid'), field('variable_domain_name')]
  const actions = await database.runText({ name: 'phrase', text: FIND, values })
  if (actions.length === 0) return undefined
  const played = actions.map(([pfunction, data]) => element('action', { function: pfunction, data: data ?? '' }))
  const match = element('match', {}, played)
  const macro = element('macro', { name }, [element('input', { pattern: '(.*)' }, [match])])
  const macros = element('macros', {}, [macro])
  const attributes = { name: language, 'say-module': language }
  return document('languages', [element('language', attributes, [element('phrases', {}, [macros])])])
}

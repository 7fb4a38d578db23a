/** callcenter.conf: queues, who answers them, and in what order. */
import { element } from '../../../freeswitch/xml/write.ts'
import type { Row } from '../../../rest/model/model.ts'
import type { Answerer } from '../question.ts'
import { configuration, param, readJson } from './document.ts'
import { soundText } from './sounds.ts'
import { type Resolve, resolverOf, variablesJson } from './variables.ts'

type Queue = Row<'CallCentreQueues'> & { readonly domain_name: string | null }
type Agent = Row<'CallCentreAgents'> & { readonly domain_name: string | null }

interface Read {
  readonly queues: readonly Queue[]
  readonly agents: readonly Agent[]
  readonly tiers: readonly Row<'CallCentreTiers'>[]
  readonly variables: readonly (readonly [string, string])[]
}

/**
 * mod_callcenter asks for everything when it loads and for an agent that is read anew, and for one queue (`CC-Queue`):
 * by its id, as our dialplans say it, or as NAME@DOMAIN or NUMBER@DOMAIN. It is looked for by the name it was asked by.
 */
export const answerCallCentre: Answerer = async (question, database) => {
  const asked = question.field('CC-Queue')
  const [, name = '', domain = ''] = /^(.+)@([^@]+)$/.exec(asked) ?? []
  const values = [question.hostname, asked, name, domain]
  const { queues, agents, tiers, variables } = await readJson<Read>(database, { text: CALL_CENTRE, values })
  if (asked !== '' && queues.length === 0) return undefined
  const resolve = resolverOf(variables)
  const nameOf = (id: string) => (asked === '' ? id : asked)
  return configuration('callcenter.conf', 'CallCenter', [
    element('settings', {}),
    element(
      'queues',
      {},
      queues.map((queue) => queueElement(queue, nameOf(queue.id), resolve)),
    ),
    element(
      'agents',
      {},
      agents.map((agent) => agentElement(agent, asked === '')),
    ),
    element(
      'tiers',
      {},
      tiers.map(({ agent_id, queue_id, tier_level, tier_position }) =>
        element('tier', { agent: agent_id, queue: nameOf(queue_id), level: tier_level, position: tier_position }),
      ),
    ),
  ])
}

function queueElement(queue: Queue, name: string, resolve: Resolve): string {
  const sound = (text: string | null) => soundText(text, queue.domain_name)
  return element('queue', { name }, [
    ...param('strategy', queue.strategy),
    ...param('moh-sound', HOLD_MUSIC.test(queue.moh_sound ?? '') ? music(resolve) : sound(queue.moh_sound)),
    // The switch knows its own folders as variables of a call, too.
    ...param('record-template', queue.record_template?.replace(/^\$\$\{/, '${')),
    ...param('time-base-score', queue.time_base_score),
    ...param('max-wait-time', queue.max_wait_time),
    ...param('max-wait-time-with-no-agent', queue.max_wait_time_na),
    ...param('max-wait-time-with-no-agent-time-reached', queue.max_wait_time_natr),
    ...param('tier-rules-apply', queue.tier_rules_apply),
    ...param('tier-rule-wait-second', queue.tier_rule_wait_sec),
    ...param('tier-rule-wait-multiply-level', queue.tier_rule_wm_level),
    ...param('tier-rule-no-agent-no-wait', queue.tier_rule_nanw),
    ...param('discard-abandoned-after', queue.discard_abndnd_after),
    ...param('abandoned-resume-allowed', queue.abndnd_resume_allowed),
    ...(queue.announce_sound
      ? [
          ...param('announce-sound', sound(queue.announce_sound)),
          ...param('announce-frequency', queue.announce_frequency),
        ]
      : []),
  ])
}

/** What is played when nothing is said, and where the music of the switch is. */
const HOLD_MUSIC = /^(?:\$?\$\{hold_music\})?$/

function music(resolve: Resolve) {
  const { expanded } = resolve('$${hold_music}')
  return expanded.includes('$${hold_music}') || expanded === '' ? 'local_stream://default' : { expanded }
}

/**
 * An agent's status is what its telephone last said, so it is told when mod_callcenter loads, not with each queue that is
 * read anew.
 */
function agentElement(agent: Agent, withStatus: boolean): string {
  return element('agent', {
    name: agent.id,
    type: agent.agent_type || 'callback',
    contact: contactOf(agent),
    status: withStatus ? agent.status || 'Logged Out' : undefined,
    'max-no-answer': agent.max_no_answer,
    'wrap-up-time': agent.wrap_up_time,
    'reject-delay-time': agent.reject_delay_time,
    'busy-delay-time': agent.busy_delay_time,
    'no-answer-delay-time': agent.no_answer_delay_time,
  })
}

/** A telephone rings as long as the agent's row says, and its call is the tenant's. A contact with variables has its own. */
function contactOf({ agent_type, contact, call_timeout, domain_id, domain_name }: Agent): string {
  if (!contact || agent_type === 'uuid-standby' || /^[[{<]/.test(contact)) return contact ?? ''
  if (domain_name === null || !/^[\w.-]+$/.test(domain_name)) return `[leg_timeout=${call_timeout}]${contact}`
  const tenant = `domain_uuid=${domain_id},domain_name=${domain_name},sip_invite_domain=${domain_name}`
  return `[leg_timeout=${call_timeout},${tenant}]${contact}`
}

const CALL_CENTRE = `
  WITH "queues" AS (
    SELECT q.*, d."name" AS "domain_name" FROM "call_centre_queues" q LEFT JOIN "domains" d ON d."id" = q."domain_id"
    WHERE q."enabled" AND d."enabled" IS NOT FALSE
      AND ($2::text = '' OR q."id"::text = lower($2) OR (d."name" = $4 AND $3::text IN (q."name", q."extension")))
    ORDER BY q."id"::text = lower($2) DESC, q."extension" = $3 DESC, q."id" LIMIT CASE WHEN $2 = '' THEN NULL ELSE 1 END),
  "tiers" AS (SELECT t.* FROM "call_centre_tiers" t JOIN "queues" q ON q."id" = t."queue_id"),
  "agents" AS (
    SELECT a.*, d."name" AS "domain_name" FROM "call_centre_agents" a LEFT JOIN "domains" d ON d."id" = a."domain_id"
    WHERE d."enabled" IS NOT FALSE AND ($2 = '' OR a."id" IN (SELECT t."agent_id" FROM "tiers" t)))
  SELECT json_build_object(
    'variables', ${variablesJson('$1')},
    'queues', (SELECT coalesce(json_agg(q ORDER BY q."id"), '[]') FROM "queues" q),
    'agents', (SELECT coalesce(json_agg(a ORDER BY a."id"), '[]') FROM "agents" a),
    'tiers', (SELECT coalesce(json_agg(t ORDER BY t."queue_id", t."tier_level", t."tier_position", t."id"), '[]')
      FROM "tiers" t JOIN "agents" a ON a."id" = t."agent_id"))::text`

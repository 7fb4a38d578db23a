/** Where the recording of a call is, which FreeSWITCH's dialplans say in many ways. */
import { posix } from 'node:path'
import type { CallRecord } from '../../../freeswitch/records/record.ts'

export interface RecordedFile {
  readonly path?: string
  readonly name?: string
}

/** The first of the ways that says it. The record_* variables of a voicemail message are none: they name no file. */
export function recordedFile(record: CallRecord): RecordedFile {
  return ofDialplan(record) ?? split(ofLastApplication(record) ?? ofVariables(record) ?? ofCommands(record))
}

/** DjangoPBX's dialplans set variables of their own. */
function ofDialplan(record: CallRecord): RecordedFile | undefined {
  const name = record.variable('record_name')
  const path = record.variable('record_path')
  const isRecorded = name !== undefined || (path !== undefined && record.variable('record_session') !== undefined)
  return isRecorded ? { path, name } : undefined
}

function ofLastApplication(record: CallRecord): string | undefined {
  return record.variable('last_app') === 'record_session' ? record.variable('last_arg') : undefined
}

const ofVariables = (record: CallRecord): string | undefined =>
  record.variable('sofia_record_file') ?? record.variable('cc_record_filename')

/** What is to be done on answer, by itself or among the variables of a bridge: `{nolocal:execute_on_answer='…'}`. */
const SOURCES = [
  'api_on_answer',
  'nolocal:api_on_answer',
  'execute_on_answer',
  'nolocal:execute_on_answer',
  'current_application_data',
]
const FILE = String.raw`([^\s'",\]}|]+)`
const UUID_RECORD = new RegExp(String.raw`\buuid_record\s+\S+\s+start\s+${FILE}`)
const RECORD_SESSION = new RegExp(String.raw`\brecord_session(?:\s+|::)'?${FILE}`)

function ofCommands(record: CallRecord): string | undefined {
  for (const source of SOURCES) {
    const command = record.variable(source)
    const match = command === undefined ? null : (UUID_RECORD.exec(command) ?? RECORD_SESSION.exec(command))
    if (match) return match[1]
  }
  return undefined
}

function split(file: string | undefined): RecordedFile {
  if (file === undefined) return {}
  return { path: file.includes('/') ? posix.dirname(file) : undefined, name: posix.basename(file) || undefined }
}
